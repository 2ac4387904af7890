import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessEvent, accessAt } from './rules';

const ROLES = ['owner', 'administrator', 'developer', 'auditor'];
const PEOPLE = ['act_a', 'act_b', 'act_c', 'act_d'];
const KEYS = ['key_1', 'key_2', 'key_3'];
const timeOf = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();

/** What somebody wants to do at one moment; what makes no sense then is passed over, as the application would refuse it. */
const wishes = fc.array(
  fc.record({
    do: fc.constantFrom('join', 'role', 'remove', 'terms', 'end', 'policy', 'key', 'key-end'),
    who: fc.constantFrom(...PEOPLE),
    role: fc.constantFrom(...ROLES),
    key: fc.constantFrom(...KEYS),
    days: fc.integer({ min: 1, max: 30 }),
  }),
  { maxLength: 60 },
);
type Wish = typeof wishes extends fc.Arbitrary<infer T> ? (T extends readonly (infer W)[] ? W : never) : never;

interface State {
  members: Map<string, { role: string; until: string | null }>;
  keys: Map<string, string | null>;
  version: number;
}

/** An organisation in which things happen one a minute: its state after each, and what is recorded of them. */
function live(list: readonly Wish[]): { events: AccessEvent[]; states: State[] } {
  const state: State = { members: new Map(), keys: new Map(), version: 0 };
  const events: AccessEvent[] = [];
  const states: State[] = [];
  list.forEach((wish, n) => {
    const at = timeOf(n);
    const member = state.members.get(wish.who);
    const until = timeOf(n + wish.days);
    if (wish.do === 'join' && !member) {
      const bounded = wish.role === 'auditor' ? until : null;
      state.members.set(wish.who, { role: wish.role, until: bounded });
      const invitation = `inv_${n}`;
      if (bounded) events.push({ at, kind: 'offered', invitation, until: bounded, projects: null });
      events.push({ at, kind: 'joined', who: wish.who, role: wish.role, invitation });
    } else if (wish.do === 'role' && member && member.role !== wish.role) {
      events.push({ at, kind: 'role', who: wish.who, before: member.role, after: wish.role });
      state.members.set(wish.who, { role: wish.role, until: null });
    } else if (wish.do === 'remove' && member) {
      events.push({ at, kind: 'removed', who: wish.who, role: member.role });
      state.members.delete(wish.who);
    } else if (wish.do === 'terms' && member?.role === 'auditor') {
      member.until = until;
      events.push({ at, kind: 'terms', who: wish.who, until, projects: null });
    } else if (wish.do === 'end' && member?.role === 'auditor') {
      member.until = at;
      events.push({ at, kind: 'ended', who: wish.who });
    } else if (wish.do === 'policy') {
      events.push({ at, kind: 'policy', version: ++state.version });
    } else if (wish.do === 'key' && !state.keys.has(wish.key)) {
      const expiresAt = wish.days % 2 ? null : until;
      state.keys.set(wish.key, expiresAt);
      events.push({ at, kind: 'key', id: wish.key, projectId: 'prj_1', scopes: ['project:read'], expiresAt });
    } else if (wish.do === 'key-end' && state.keys.delete(wish.key)) {
      events.push({ at, kind: 'key-ended', id: wish.key });
    }
    const members = new Map([...state.members].map(([who, each]) => [who, { ...each }]));
    states.push({ members, keys: new Map(state.keys), version: state.version });
  });
  return { events, states };
}

const inForce = (until: string | null, at: string) => until === null || until > at;

describe('access of the past', () => {
  it('is, at every moment, what the organisation was then: played to the end, what it is now', () => {
    fc.assert(
      fc.property(wishes, (list) => {
        const { events, states } = live(list);
        states.forEach((state, n) => {
          const at = timeOf(n);
          const then = accessAt(events, at);
          expect(then.gaps).toEqual([]);
          expect(Object.fromEntries(then.members.map(({ who, role }) => [who, role]))).toEqual(
            Object.fromEntries(
              [...state.members].filter(([, { until }]) => inForce(until, at)).map(([who, { role }]) => [who, role]),
            ),
          );
          expect(then.keys.map(({ id }) => id).sort()).toEqual(
            [...state.keys]
              .filter(([, until]) => inForce(until, at))
              .map(([id]) => id)
              .sort(),
          );
          expect(then.policy?.version ?? 0).toBe(state.version);
        });
      }),
    );
  });

  it('says of a history that begins in the middle what it does not know', () => {
    fc.assert(
      fc.property(wishes, fc.nat({ max: 59 }), (list, cut) => {
        const { events } = live(list);
        const end = timeOf(list.length);
        const [whole, part] = [accessAt(events, end), accessAt(events.slice(cut), end)];
        const missed = whole.members.filter(({ who }) => !part.members.some((each) => each.who === who));
        // Whoever is missing joined before the beginning, and nothing about their role came after it.
        for (const { who } of missed)
          expect(
            events.slice(cut).some((event) => 'who' in event && event.who === who && event.kind === 'joined'),
          ).toBe(false);
        // Terms of before the beginning are not known either: somebody may seem to go on who was bounded.
        const offered = new Set(events.slice(0, cut).flatMap((event) => (event.kind === 'offered' ? [event.at] : [])));
        if (offered.size > 0) return;
        for (const { who, role } of part.members)
          expect(whole.members.find((each) => each.who === who)?.role).toBe(role);
      }),
    );
  });

  it('names gaps: an unknown person, a role that does not follow, an ending without a beginning', () => {
    const then = accessAt(
      [
        { at: timeOf(0), kind: 'joined', who: 'act_a', role: 'developer', invitation: 'inv_1' },
        { at: timeOf(1), kind: 'role', who: 'act_a', before: 'owner', after: 'auditor' },
        { at: timeOf(2), kind: 'removed', who: null, role: 'owner' },
        { at: timeOf(3), kind: 'key-ended', id: 'key_1' },
        { at: timeOf(4), kind: 'role', who: 'act_x', before: 'developer', after: 'owner' },
        { at: timeOf(9), kind: 'removed', who: 'act_z', role: 'owner' },
      ],
      timeOf(5),
    );
    expect(then.gaps.map(({ at }) => at)).toEqual([1, 2, 3, 4].map(timeOf));
    expect(then.members.map(({ who, role }) => `${who} ${role}`)).toEqual(['act_a auditor', 'act_x owner']);
  });
});
