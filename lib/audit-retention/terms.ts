import { oneLine, type Terms, termText, termTime } from '@/lib/kernel/act';

/** What each act is confirmed for, in words. The database binds the confirmation to the object; these say what it is. */

const line = (text: string): string => termText(oneLine(text));

export const retentionTerms = (name: string, before: number, after: number): Terms => [
  ['Records', name],
  ['Kept now', `${before} months`],
  ['Kept from now on', `${after} months`],
];

interface HoldWords {
  kind: string;
  target: string | null;
  fromAt: Date | null;
  toAt: Date | null;
  reason: string;
}
export const releaseTerms = ({ kind, target, fromAt, toAt, reason }: HoldWords): Terms => [
  ['Hold on', line([kind, target].filter(Boolean).join(' '))],
  ...(fromAt && toAt
    ? ([['Range', `${termTime(fromAt.toISOString())} to ${termTime(toAt.toISOString())}`]] as const)
    : []),
  ['Set because', line(reason)],
];

interface PruningWords {
  classes: readonly string[];
  beforeAt: Date;
  upTo: number;
}
export const pruneTerms = ({ classes, beforeAt, upTo }: PruningWords): Terms => [
  ['Records', classes.join(', ')],
  ['Written before', termTime(beforeAt.toISOString())],
  ['At places before', `#${upTo}`],
];
export const approveTerms = (pruning: PruningWords & { expected: number; proposedById: string }): Terms => [
  ...pruneTerms(pruning),
  ['Records when proposed', String(pruning.expected)],
  ['Proposed by', line(pruning.proposedById)],
];

export const eraseTerms = (log: string, person: string, pseudonym: string): Terms => [
  ['Log', log],
  ['Person', line(person)],
  ['What goes', 'their personal values in every record, for good'],
  ['What stays', `that something happened, when, and by ${pseudonym}`],
];
