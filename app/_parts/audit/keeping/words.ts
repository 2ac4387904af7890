import type { ClassView, HoldView, PruningView } from '@/lib/audit-retention/schemas';

/** What is kept of a log, in words. */
export const CLASS_WORDS: Readonly<Record<ClassView['class'], { name: string; what: string }>> = {
  access: { name: 'Access', what: 'Who may get in, certificates revealed, exports, what was refused, and what is new' },
  security: { name: 'Security', what: 'Signing in, factors, confirmations, API keys, revocations' },
  configuration: { name: 'Configuration', what: 'Projects, fences, policies, certificates, edges' },
  activity: { name: 'Activity', what: 'Reads of the log, minted tokens, what edges did by themselves' },
  keeping: { name: 'Keeping', what: 'Periods, holds, prunings, erasures: what became of the log itself' },
};

export const periodOf = (months: number | null): string => {
  if (months === null) return 'for ever';
  if (months % 12 !== 0) return `${months} months`;
  return months === 12 ? '1 year' : `${months / 12} years`;
};

const HOLDS: Readonly<Record<HoldView['kind'], string>> = {
  log: 'The whole log',
  project: 'Project',
  person: 'Person',
  act: 'Act',
  time: 'Time',
};
const dayOf = (iso: string | null): string => iso?.slice(0, 10) ?? '';

export const holdOn = ({ kind, target, from, to }: Pick<HoldView, 'kind' | 'target' | 'from' | 'to'>): string =>
  kind === 'time' ? `${dayOf(from)} to ${dayOf(to)}, UTC` : target === null ? HOLDS[kind] : `${HOLDS[kind]} ${target}`;

export const classesOf = (classes: PruningView['classes']): string =>
  classes.map((name) => CLASS_WORDS[name].name).join(', ');
