import type { AccessFault } from '@/lib/kernel/access';
import type { PackVerdict } from './verdict';

type Access = PackVerdict['access'];

const faultsIn = (access: Access): readonly AccessFault[] =>
  access === null || typeof access === 'string'
    ? []
    : [...access.faults, ...access.grants.flatMap(({ faults }) => faults)].sort((a, b) => a.index - b.index);

export const firstFaultIn = (access: Access): AccessFault | null => faultsIn(access)[0] ?? null;

/** How many things that were signed do not hold, of those that were judged. */
export const faultyIn = (access: Access): number => faultsIn(access).length;

export function accessState(access: Access): 'judged' | 'faulty' | 'unjudged' | 'none' {
  if (access === null) return 'none';
  if (typeof access === 'string') return 'unjudged';
  return faultyIn(access) > 0 ? 'faulty' : 'judged';
}

export const UNJUDGED_WORDS: Record<Extract<Access, string>, string> = {
  filter: 'Not judged: the filter leaves out events that signatures are checked by.',
  range: 'Not judged: the range does not begin with the log, so passkeys and the committee are not known.',
  host: 'Not judged: this browser verifies no signatures of passkeys here. Open the file from the disk, or over HTTPS.',
  size: 'Not judged: there are more events about it than this page holds.',
};
