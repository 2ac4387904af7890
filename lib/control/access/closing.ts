import type { HostStanding } from '@/lib/uplink/access-sync';

/** A grant that is over, as far as its closing goes. */
export interface Over {
  request: string;
  /** Unix seconds. */
  endedAt: number;
  targets: readonly string[];
  closing: 'none' | 'closing' | 'closed' | 'failed';
  /** Hosts that are known to be free of it. */
  closed: readonly string[];
  /** App IDs where somebody is in a channel under it, as far as the edges have said. */
  watched: readonly string[];
}

/** Seconds a host has to say that nothing is left. */
export const CLOSING_SECONDS = 30;

const isHost = (target: string): boolean => target.startsWith('host:');

/** Targets that are not known to be free of it. A host has to say so; of an App ID the edges say who is in a channel and who has left. */
export const openTargets = ({ targets, closed, watched }: Over): string[] =>
  targets.filter((target) => (isHost(target) ? !closed.includes(target) : watched.includes(target)));

/** What to say of a grant that is over: closed once every target is free of it, failed when one is not in time. A failed one can still be closed. */
export function closingOf(over: Over, now: number): Over['closing'] {
  if (over.closing === 'closed' || openTargets(over).length === 0) return 'closed';
  return over.closing === 'failed' || now >= over.endedAt + CLOSING_SECONDS ? 'failed' : 'closing';
}

/**
 * Whether what a host says of itself means that nothing of a grant is left there. It must speak on a sheet that was issued after the grant was over:
 * of an older one the host could not know, and that nothing is there would only mean that nothing is there yet.
 */
export const frees = ({ issuedAt, holds }: HostStanding, request: string, endedAt: number): boolean =>
  issuedAt >= endedAt && !holds.some(({ grant }) => grant === request);
