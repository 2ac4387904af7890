import type { HostStanding } from '@/lib/uplink/access-sync';

/** A grant that is over, as far as its closing goes. */
export interface Over {
  request: string;
  /** Unix seconds. */
  endedAt: number;
  targets: readonly string[];
  closing: 'none' | 'closing' | 'closed' | 'failed';
  /** Targets that are known to be free of it. */
  closed: readonly string[];
}

/** Seconds a host has to say that nothing is left. */
export const CLOSING_SECONDS = 30;

const isHost = (target: string): boolean => target.startsWith('host:');

/** Hosts that are not known to be free of it. An App ID has no machine. */
export const openHosts = ({ targets, closed }: Over): string[] =>
  targets.filter((target) => isHost(target) && !closed.includes(target));

/** What to say of a grant that is over: closed once every host is free of it, failed when one is not in time. A failed one can still be closed. */
export function closingOf(over: Over, now: number): Over['closing'] {
  if (over.closing === 'closed' || openHosts(over).length === 0) return 'closed';
  return over.closing === 'failed' || now >= over.endedAt + CLOSING_SECONDS ? 'failed' : 'closing';
}

/**
 * Whether what a host says of itself means that nothing of a grant is left there. It must speak on a sheet that was issued after the grant was over:
 * of an older one the host could not know, and that nothing is there would only mean that nothing is there yet.
 */
export const frees = ({ issuedAt, holds }: HostStanding, request: string, endedAt: number): boolean =>
  issuedAt >= endedAt && !holds.some(({ grant }) => grant === request);
