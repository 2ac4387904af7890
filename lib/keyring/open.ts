import type { Context } from './context';
import { Positions } from './positions';
import { openKeys } from './store';
import { Throttle, TOTP_LIMITS } from './throttle';
import { Tickets } from './tickets';

/** Opens the keyring's directory, making keys on the first start. `now` in Unix ms. */
export async function openContext(home: string, now: () => number): Promise<Context> {
  const keys = await openKeys(home, new Date(now()));
  return {
    keys,
    authority: keys.edgeAuthority,
    positions: await Positions.open(home),
    tickets: new Tickets(),
    totpFailures: new Throttle(TOTP_LIMITS),
    totpSteps: new Map(),
    regionSeals: new Map(),
    now,
  };
}
