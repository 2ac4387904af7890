import type { Acts } from './acts';
import type { Authority } from './authority';
import type { Credentials } from './credentials';
import type { Grants } from './grants';
import type { Logs } from './logs';
import type { Origins } from './origins';
import type { Positions } from './positions';
import type { Keys } from './store';
import type { Subjects } from './subjects';
import type { TerminalTickets } from './terminal';
import type { Throttle } from './throttle';
import type { Tickets } from './tickets';

/** What operations work with. Time is a function so that tests own the clock. */
export interface Context {
  keys: Keys;
  authority: Authority;
  positions: Positions;
  /** The registry of passkeys. */
  credentials: Credentials;
  /** The transparency logs, as far as they were signed. */
  logs: Logs;
  /** Keys of personal values in the audit log. */
  subjects: Subjects;
  /** Who may go into production. */
  grants: Grants;
  terminalTickets: TerminalTickets;
  origins: Origins;
  /** Statements that passkeys sign. */
  acts: Acts;
  tickets: Tickets;
  totpFailures: Throttle;
  passkeyFailures: Throttle;
  /** Highest time step accepted per factor since start: a second wall behind the database's own. */
  totpSteps: Map<string, number>;
  /** Certificates sealed for a region, so that an unchanged one keeps its bytes: `<region>|<context>` to source and result. */
  regionSeals: Map<string, { source: string; sealed: string }>;
  /** Unix milliseconds. */
  now: () => number;
}
