import { type Filter, type Manifest, PACK_STEPS, type PackFaultCode, type PackStep } from '@/lib/kernel/pack';

/** A row of the ladder: what is checked, and what it means once it holds. */
export interface Check {
  id: Exclude<PackStep, 'lines'> | 'entries' | 'filter' | 'shapes' | 'counts';
  name: string;
  holds: string;
}

export const CHECKS: readonly Check[] = [
  { id: 'files', name: 'Files', holds: 'each is the one that the manifest lists, and there is no other' },
  { id: 'origin', name: 'Log', holds: 'the one that you asked for' },
  { id: 'checkpoint', name: 'Signature', holds: 'a believed key signed the checkpoint' },
  { id: 'root', name: 'Root', holds: 'the leaves of the range lead to the signed root' },
  { id: 'head', name: 'Known checkpoint', holds: 'the log only grew since' },
  { id: 'operator', name: 'Operator’s log', holds: 'holds this checkpoint' },
  { id: 'witnesses', name: 'Witnesses', holds: 'the policy is met' },
  { id: 'entries', name: 'Every entry', holds: 'is what the log holds at its index; none is missing' },
  { id: 'filter', name: 'Filter', holds: 'every event meets it, and no stub hides one that does' },
  { id: 'shapes', name: 'Shapes', holds: 'of every event are enclosed' },
  { id: 'counts', name: 'Counts', holds: 'are those of the manifest' },
  { id: 'provable', name: 'Completeness', holds: 'nothing was left out by anything but the filter' },
  { id: 'access', name: 'Approvals', holds: 'everything that was granted is granted by signatures that count' },
];
export type CheckId = Check['id'];

/** The checks that go through the lines side by side. */
const OF_LINES: readonly CheckId[] = ['entries', 'filter', 'shapes', 'counts'];
const checksOf = (step: PackStep): readonly CheckId[] => (step === 'lines' ? OF_LINES : [step]);

const OF_CODE: Partial<Record<PackFaultCode, CheckId>> = {
  filter: 'filter',
  opening: 'filter',
  schema: 'shapes',
  count: 'counts',
};

export type CheckState = 'planned' | 'running' | 'holds' | 'failed' | 'unfinished';

/** How each check stands while `step` runs, or when it ended with a fault; all hold when there is no step any more. */
export function statesOf(step: PackStep | 'done' | null, fault: PackFaultCode | null = null): Map<CheckId, CheckState> {
  const states = new Map<CheckId, CheckState>();
  const place = step === null ? -1 : step === 'done' ? PACK_STEPS.length : PACK_STEPS.indexOf(step);
  for (const [i, each] of PACK_STEPS.entries()) {
    for (const id of checksOf(each)) states.set(id, i < place ? 'holds' : i > place ? 'planned' : 'running');
  }
  if (fault === null || step === null || step === 'done') return states;
  const failed = step === 'lines' ? (OF_CODE[fault] ?? 'entries') : step;
  // Counts are compared when all lines are through, the others at every line.
  for (const id of checksOf(step)) {
    states.set(id, id === failed ? 'failed' : fault === 'count' ? 'holds' : 'unfinished');
  }
  return states;
}

const NAMES: Record<keyof Filter, string> = {
  at: 'time',
  schema: 'event',
  outcome: 'outcome',
  actorKind: 'kind of actor',
  actor: 'actor',
  objectType: 'kind of object',
  objectId: 'object',
  projectId: 'project',
  actId: 'act',
};
const MAX_VALUES = 12;

/** Each condition of a filter: our words, and the values, which are the sender's. */
export interface Condition {
  name: string;
  values: string[];
  /** Values that are not listed. */
  more: number;
}

export function conditionsOf(filter: Filter): Condition[] {
  return Object.entries(filter).map(([field, condition]) => {
    const name = NAMES[field as keyof Filter];
    if (field === 'at') {
      const { from, to } = condition as NonNullable<Filter['at']>;
      return { name, values: [...(from ? [`from ${from}`] : []), ...(to ? [`before ${to}`] : [])], more: 0 };
    }
    const values = (condition as (string | null)[]).map((value) =>
      value === null ? 'none' : field === 'schema' && /[.@]$/.test(value) ? `${value}*` : value,
    );
    return { name, values: values.slice(0, MAX_VALUES), more: Math.max(0, values.length - MAX_VALUES) };
  });
}

export const number = (value: number): string => value.toLocaleString('en-GB');
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;

export function rangeWords({ range: { from, to }, checkpoint: { size } }: Manifest): string {
  if (from === to) return `none of the ${number(size)} in the log`;
  if (from === 0 && to === size) return `all ${number(size)} in the log`;
  return `${number(from)} to ${number(to - 1)} of ${number(size)} in the log, counted from 0`;
}
