import type { GlyphState } from '@/app/_ui/glyph';
import type { RequestLine, State } from '@/lib/grants/schemas';

/** How requests and grants are called and drawn, for staff and customers alike. */
interface Look {
  state: GlyphState;
  word: string;
}

const LOOKS: Readonly<Record<State, Look>> = {
  pending: { state: 'waiting', word: 'Waiting' },
  denied: { state: 'refused', word: 'Denied' },
  undecided: { state: 'closed', word: 'Not decided in time' },
  withdrawn: { state: 'closed', word: 'Withdrawn' },
  scheduled: { state: 'planned', word: 'Scheduled' },
  active: { state: 'live', word: 'Active' },
  ended: { state: 'closed', word: 'Ended' },
  extended: { state: 'closed', word: 'Extended' },
};

const CLOSINGS: Readonly<Record<RequestLine['closing'], Look | null>> = {
  none: null,
  closing: { state: 'applied', word: 'Closing' },
  closed: { state: 'closed', word: 'Closed' },
  failed: { state: 'failed', word: 'Failed to close' },
};

/** What an ended grant says is what its hosts say of closing, once they say anything. */
export const lookOf = ({ state, closing = 'none' }: { state: State; closing?: RequestLine['closing'] }): Look =>
  (state === 'ended' ? CLOSINGS[closing] : null) ?? LOOKS[state];

const WHY: Readonly<Record<string, string>> = {
  expired: 'Its time was over',
  returned: 'Given back',
  revoked: 'Revoked',
  locked: 'Locked',
  lapsed: 'A record or designation lapsed',
  withdrawn: 'Withdrawn',
  unused: 'Not used for half an hour',
};
export const whyWords = (why: string | null): string | null => (why === null ? null : (WHY[why] ?? why));

export const KIND_WORDS = { access: 'Access', 'break-glass': 'Break-glass', extension: 'Extension' } as const;

/** `security`, `on-call`, or a customer's. */
export function roleWord(role: string, customers: readonly { id: string; name: string }[] = []): string {
  if (role === 'security') return 'Security';
  if (role === 'on-call') return 'On call';
  const id = role.replace(/^customer /, '');
  return customers.find((one) => one.id === id)?.name ?? 'Customer';
}

/** The name of a target without what kind it is. */
export const targetName = (target: string): string => target.replace(/^(?:host|app):/, '');

/** Targets in one line: the first, and how many more. */
export function targetsLine(targets: readonly string[], nameOf = targetName): string {
  const [first = '', ...more] = targets;
  return more.length === 0 ? nameOf(first) : `${nameOf(first)} and ${more.length} more`;
}

export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** What an approver may choose from: as asked, and less. */
export function shorter(minutes: number): number[] {
  const wanted = [Math.ceil(minutes / 4), Math.ceil(minutes / 2), minutes];
  return [...new Set(wanted)].filter((one) => one > 0);
}
