/** Policy only ever takes away: a narrower fence, one more revocation or a stricter rule never turns a deny into an allow. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RevocationSubject } from '@/lib/kernel/bundle/resources';
import { decide, liveFacts, redecide } from '@/lib/kernel/decision';
import { REGIONS } from '@/lib/kernel/region';
import { rtcPrivileges } from '@/lib/kernel/token';
import { APP_ID, ISSUED_AT, PRIMARY, SECONDARY, tokenOf, type WorldOptions, worldOf } from '@/test/vectors/world';

const region = fc.constantFrom(...REGIONS);
const regions = fc.uniqueArray(region, { minLength: 3 });
const account = fc.constantFrom('alice', 'bob');
const field = (...names: string[]) => fc.constantFrom(...names, '', '*');
const subject: fc.Arbitrary<RevocationSubject> = fc.oneof(
  fc.record({ type: fc.constant('user' as const), account }),
  fc.record({ type: fc.constant('channel' as const), channel: fc.constantFrom('room', 'hall') }),
  fc.record({ type: fc.constant('certificate' as const), certificateId: fc.constantFrom('cert_1', 'cert_2') }),
  fc.constant({ type: 'project' as const }),
);
const time = fc.integer({ min: ISSUED_AT - 200, max: ISSUED_AT + 200 });
const revocation = fc.record({ subject, issuedBefore: time });

const world = fc.record({
  fence: regions,
  region,
  revocations: fc.array(revocation, { maxLength: 2 }),
  tokenPolicy: fc.record({
    wildcardChannel: fc.boolean(),
    wildcardUser: fc.boolean(),
    maxLifetimeSeconds: fc.constantFrom(300, 600, 86_400),
    clockSkewSeconds: fc.constantFrom(0, 30),
  }),
});
const token = fc
  .record({
    channel: field('room', 'hall'),
    account: field('alice', 'bob'),
    certificate: fc.constantFrom(PRIMARY, SECONDARY),
    issuedAt: time,
    privileges: fc.constantFrom(rtcPrivileges('publisher'), rtcPrivileges('subscriber', 250), []),
  })
  .map(tokenOf);
const request = fc.record({
  appId: fc.constant(APP_ID),
  channel: fc.constantFrom('room', 'hall'),
  account: fc.oneof(account, fc.constant('')),
  token,
});

type Tighten = (options: WorldOptions) => WorldOptions;
const tightening: fc.Arbitrary<Tighten> = fc.oneof(
  regions.map(
    (kept): Tighten =>
      (options) => {
        const fence = options.fence!.filter((code) => kept.includes(code));
        return { ...options, fence: fence.length > 0 ? fence : null };
      },
  ),
  revocation.map(
    (added): Tighten =>
      (options) => ({ ...options, revocations: [...options.revocations!, added] }),
  ),
  fc.constant<Tighten>((options) => ({ ...options, tokenPolicy: { ...options.tokenPolicy, wildcardUser: false } })),
  fc.constant<Tighten>((options) => ({ ...options, tokenPolicy: { ...options.tokenPolicy, wildcardChannel: false } })),
  fc.constant<Tighten>((options) => ({ ...options, tokenPolicy: { ...options.tokenPolicy, maxLifetimeSeconds: 30 } })),
);
const now = fc.integer({ min: ISSUED_AT, max: ISSUED_AT + 400 }).map((seconds) => seconds * 1000);

describe('policy only takes away', () => {
  it('from a join', () => {
    let allowed = 0;
    fc.assert(
      fc.property(request, world, tightening, now, (asked, options, tighten, at) => {
        const before = decide(asked, worldOf(options), at);
        const after = decide(asked, worldOf(tighten(options)), at);
        if (before.verdict === 'allow') allowed++;
        if (after.verdict === 'deny') return;
        expect(before.verdict).toBe('allow');
        if (before.verdict === 'allow') {
          expect(after.permissions & ~before.permissions).toBe(0);
          expect(after.expiresAt.join).toBeLessThanOrEqual(before.expiresAt.join);
        }
      }),
      { numRuns: 3000 },
    );
    // The property would hold for nothing if nobody were ever admitted.
    expect(allowed).toBeGreaterThan(100);
  });

  it('and a live session falls when, and only when, the same join would be refused', () => {
    let sessions = 0;
    fc.assert(
      fc.property(request, world, tightening, now, (asked, options, tighten, at) => {
        const admitted = decide(asked, worldOf(options), at);
        if (admitted.verdict === 'deny') return;
        sessions++;
        const changed = worldOf(tighten(options));
        const live = redecide(liveFacts(asked, admitted, at), changed, at);
        expect(live.verdict).toBe(decide(asked, changed, at).verdict);
      }),
      { numRuns: 3000 },
    );
    expect(sessions).toBeGreaterThan(100);
  });
});
