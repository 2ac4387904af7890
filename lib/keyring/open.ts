import { Acts } from './acts';
import type { Context } from './context';
import { Credentials } from './credentials';
import { Grants } from './grants';
import { Logs } from './logs';
import type { Origins } from './origins';
import { Positions } from './positions';
import { openKeys } from './store';
import { Subjects } from './subjects';
import { TerminalTickets } from './terminal';
import { FACTOR_LIMITS, Throttle } from './throttle';
import { Tickets } from './tickets';

/** Opens the keyring's directory, making keys on the first start. `now` in Unix ms. */
export async function openContext(home: string, now: () => number, origins: Origins): Promise<Context> {
  const keys = await openKeys(home, new Date(now()));
  return {
    keys,
    authority: keys.edgeAuthority,
    positions: await Positions.open(home),
    credentials: await Credentials.open(home),
    logs: await Logs.open(home),
    subjects: await Subjects.open(home),
    grants: await Grants.open(home, now),
    terminalTickets: new TerminalTickets(),
    origins,
    acts: new Acts(),
    tickets: new Tickets(),
    totpFailures: new Throttle(FACTOR_LIMITS),
    passkeyFailures: new Throttle(FACTOR_LIMITS),
    totpSteps: new Map(),
    regionSeals: new Map(),
    now,
  };
}

/** Closes its files, once what was answered is on disk. */
export async function closeContext({ positions, credentials, logs, subjects, grants }: Context): Promise<void> {
  await Promise.all([positions, credentials, logs, subjects, grants].map((of) => of.close()));
}
