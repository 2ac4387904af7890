/** Who is on call, and whom a request is told. Pure: it says who hears of a request first, never who may answer it. Times are Unix milliseconds. */
export interface Span {
  readonly from: number;
  readonly until: number;
}
export interface Shift extends Span {
  readonly id: string;
  readonly person: string;
}

/** What stands in the database of a shift. */
export interface SetShift {
  readonly id: string;
  readonly personId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly setAt: Date;
  readonly removedAt: Date | null;
}

/**
 * When a shift counts: from when it was set, until it was removed, and from now on no longer than its person is designated. Null: never.
 * `designated`: until when each on-call approver is; who is not in it is none.
 */
export function countedOf(set: SetShift, designated: ReadonlyMap<string, number>, now: number): Shift | null {
  const from = Math.max(set.startsAt.getTime(), set.setAt.getTime());
  const until = Math.min(
    set.endsAt.getTime(),
    set.removedAt?.getTime() ?? Number.POSITIVE_INFINITY,
    Math.max(now, designated.get(set.personId) ?? 0),
  );
  return from < until ? { id: set.id, person: set.personId, from, until } : null;
}

/** Everybody on shift at a moment, each once. */
export const onCallAt = (shifts: readonly Shift[], at: number): string[] => [
  ...new Set(shifts.filter(({ from, until }) => from <= at && at < until).map(({ person }) => person)),
];

/** Who comes next: the shifts that begin soonest after a moment. */
export function nextAfter(shifts: readonly Shift[], at: number): Shift[] {
  const ahead = shifts.filter(({ from }) => from > at);
  const soonest = Math.min(...ahead.map(({ from }) => from));
  return ahead.filter(({ from }) => from === soonest);
}

/** When nobody is on call, oldest first. */
export function gapsIn(shifts: readonly Shift[], { from, until }: Span): Span[] {
  const gaps: Span[] = [];
  let covered = from;
  for (const shift of [...shifts].sort((a, b) => a.from - b.from)) {
    if (shift.from >= until) break;
    if (shift.from > covered) gaps.push({ from: covered, until: shift.from });
    covered = Math.max(covered, shift.until);
  }
  if (covered < until) gaps.push({ from: covered, until });
  return gaps;
}

/** What the keyring's ledger says of the committee, as far as it matters here. Times in it are Unix seconds. */
export interface Standing {
  readonly until: number;
  readonly held: readonly { readonly person: string; readonly as: string; readonly until: number }[];
  readonly delegations: readonly {
    readonly by: string;
    readonly role: string;
    readonly to: string;
    readonly from: number;
    readonly until: number;
  }[];
}

type Designation = 'security approver' | 'on-call approver';

/** Everybody whom the keyring's ledger has designated for this, and until when. Never longer than there is a committee. */
export function heldBy({ until, held }: Standing, as: Designation, now: number): Map<string, number> {
  const ends = held
    .filter((one) => one.as === as)
    .map((one): [string, number] => [one.person, Math.min(one.until, until) * 1000]);
  return new Map(ends.filter(([, end]) => end > now));
}

/** These people, and whoever answers for one of them in this role: a stand-in hears of a request when they do. */
export function withStandIns(
  { until, held, delegations }: Standing,
  people: readonly string[],
  role: 'security' | 'on-call',
  now: number,
): string[] {
  const may = new Set(held.filter((one) => Math.min(one.until, until) * 1000 > now).map(({ person }) => person));
  const runs = delegations.filter((one) => one.role === role && one.from * 1000 <= now && now < one.until * 1000);
  return [
    ...new Set([...people, ...runs.filter(({ by, to }) => people.includes(by) && may.has(to)).map(({ to }) => to)]),
  ];
}

export interface Approvers {
  /** Of a request: `security`, `on-call`, and customers, who are told by other means. */
  readonly roles: readonly string[];
  readonly security: readonly string[];
  readonly onCall: readonly string[];
  readonly requester: string;
}

export interface Telling {
  /** Who is told now. */
  readonly told: readonly string[];
  /** Of them, who is because they are on shift. */
  readonly onShift: readonly string[];
  /** Who is told when it escalates. Empty: nobody is left out. */
  readonly left: readonly string[];
  /** It escalates now: nobody is on shift but whoever asks. */
  readonly atOnce: boolean;
}

/**
 * Whom a new request is told. All of security; of on-call those on shift first, and all where nobody is. `shift` counts as far as its people are
 * on-call approvers. Whoever asks is told nothing: nobody answers their own request.
 */
export function whomToTell(approvers: Approvers, shift: readonly string[]): Telling {
  const { roles, security, onCall, requester } = approvers;
  const others = (of: readonly string[]) => [...new Set(of)].filter((person) => person !== requester);
  const everybody = everybodyOf(roles, approvers);
  const onDuty = roles.includes('on-call') ? shift.filter((person) => onCall.includes(person)) : [];
  if (onDuty.length === 0) return { told: everybody, onShift: [], left: [], atOnce: false };
  const onShift = others(onDuty);
  const told = others([...(roles.includes('security') ? security : []), ...onShift]);
  const left = everybody.filter((person) => !told.includes(person));
  return { told, onShift, left, atOnce: onShift.length === 0 && left.length > 0 };
}

/** Everybody of the roles but whoever asks: who is told when a request escalates, unless they were told before. */
export function everybodyOf(
  roles: readonly string[],
  { security, onCall, requester }: Omit<Approvers, 'roles'>,
): string[] {
  const all = [...(roles.includes('security') ? security : []), ...(roles.includes('on-call') ? onCall : [])];
  return [...new Set(all)].filter((person) => person !== requester);
}
