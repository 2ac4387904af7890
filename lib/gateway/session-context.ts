import type { Ends } from './ends';
import type { GatewayEvent } from './events';
import type { GatewayKeyring } from './keyring';
import type { Purpose, Screen } from './person';

/** What every session of this gateway shares. */
export interface SessionContext {
  keyring: GatewayKeyring;
  ends: Ends;
  /** Of recordings, 0700. */
  folder: string;
  /** The address hosts see this gateway come from; stands in each certificate. */
  sourceAddress: string;
  /** Where a target listens; null when it is not known. */
  addressOf(host: string): { address: string; port: number } | null;
  /** Throws `GatewayRefusal` while nothing can be delivered: no session begins then. */
  checkDelivery(): void;
  deliver(event: GatewayEvent): void;
  /** Unix milliseconds. */
  now(): number;
  /** Sessions that run, for the end of the process. */
  live: Map<string, { end(why: 'stopped'): void; watched(now: boolean): void; done: Promise<void> }>;
}

export interface Asked {
  session: string;
  ticket: string | null;
  /** Of the person. */
  address: string;
  through: 'key' | 'web terminal';
  purpose: Purpose;
  /** Null without a terminal. */
  screen: Screen | null;
  lang: string | null;
}
