import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import { acts, CAST, founding, id, request } from '@/test/support/grants';
import { delegatedRole, type Entry, type Evidence, rebuild, type Signed } from './index';

const T = 1_000_000;
const GRANT = id('grt', 1);
const terms = request(T + 10);
const signed = (user: string, act: Signed['act'], at: number, over: Partial<Evidence> = {}): Evidence => ({
  act: { ...act, user, realm: 'staff', nonce: '', session: 'ses_1', version: '', issuedAt: at, expiresAt: at + 300 },
  deviceBound: true,
  ...over,
});
const committee = (founding(T, T + 86_400) as Extract<Entry, { signed: Signed }>[]).map((entry) =>
  signed(entry.signed.user, entry.signed.act, T),
);
const all = [
  signed(CAST.asker, acts.ask(GRANT, terms), T + 10),
  signed(CAST.security, acts.vote(GRANT, terms, 'security'), T + 20),
  signed(CAST.onCall, acts.vote(GRANT, terms, 'on-call'), T + 30),
];

describe('evidence', () => {
  it('gives the standing again, with and without the committee', () => {
    for (const before of [[], committee]) {
      const { requests, refused, designationsChecked } = rebuild([...before, ...all], T + 40, primitives);
      expect(requests).toMatchObject([{ id: GRANT, standing: { state: 'active', startsAt: T + 30 } }]);
      expect([refused, designationsChecked]).toEqual([[], before.length > 0]);
    }
  });

  it('takes it in whatever order it comes', () => {
    expect(rebuild(all.toReversed(), T + 40, primitives).requests).toEqual(rebuild(all, T + 40, primitives).requests);
    // Also what was asked in the same second.
    const atOnce = [...committee, ...all]
      .map((one) => ({ ...one, act: { ...one.act, issuedAt: T + 10 } }))
      .toReversed();
    expect(rebuild(atOnce, T + 40, primitives)).toMatchObject({
      requests: [{ standing: { state: 'active' } }],
      refused: [],
    });
  });

  it('counts nobody whom the committee has not designated, once its decisions are there', () => {
    const without = committee.filter(({ act }) => !act.terms.some(([, value]) => value === CAST.onCall));
    const { requests, refused } = rebuild([...without, ...all], T + 40, primitives);
    expect(requests[0]?.standing.state).toBe('pending');
    expect(refused).toEqual([{ index: without.length + 2, code: 'grant.not_designated' }]);
  });

  describe('of a vote by delegation', () => {
    const lent = { role: 'security', to: CAST.other, from: T, until: T + 3600 } as const;
    const delegation = signed(CAST.security, acts.delegate(id('dlg', 1), lent), T + 5);
    const byStandIn = [
      all[0]!,
      signed(CAST.other, acts.vote(GRANT, terms, delegatedRole('security', CAST.security)), T + 20),
      all[2]!,
    ];
    const stateOf = (evidence: Evidence[], ended: { delegation: string; at: number }[] = []) => {
      const { requests, refused } = rebuild(evidence, T + 40, primitives, false, ended);
      return [requests[0]?.standing.state, refused.map(({ code }) => code)];
    };

    it('takes the delegation, with and without the committee', () => {
      for (const before of [[], committee]) {
        expect(stateOf([...byStandIn, delegation, ...before])).toEqual(['active', []]);
        expect(stateOf([...before, ...byStandIn])).toEqual(['pending', ['grant.not_delegated']]);
      }
    });

    it('takes it for over from when the log says so', () => {
      const end = (at: number) => stateOf([...committee, delegation, ...byStandIn], [{ delegation: id('dlg', 1), at }]);
      expect(end(T + 15)).toEqual(['pending', ['grant.not_delegated']]);
      expect(end(T + 25)).toEqual(['pending', []]);
      expect(end(T + 35)).toEqual(['active', []]);
    });
  });

  it('counts no passkey that can be copied, and leaves out what is not about production', () => {
    const copied = { ...all[1]!, deviceBound: false };
    const other = signed(CAST.asker, { ...acts.ask(GRANT, terms), action: 'fence.apply' }, T);
    const { requests, refused } = rebuild([all[0]!, other, copied, all[2]!], T + 40, primitives);
    expect(requests[0]?.standing.state).toBe('pending');
    expect(refused).toEqual([{ index: 2, code: 'grant.device_bound' }]);
  });
});
