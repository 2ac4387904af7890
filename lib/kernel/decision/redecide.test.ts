/** A live session is judged again from what the edge remembers: it must end exactly when a fresh join would be refused. */
import { describe, expect, it } from 'vitest';
import { APP_ID, ISSUED_AT, NOW, tokenOf, type WorldOptions, worldOf } from '@/test/vectors/world';
import { decide } from './decide';
import { type LiveFacts, liveFacts, redecide } from './redecide';
import type { JoinRequest } from './types';

function admit(options: WorldOptions = {}, change: Partial<JoinRequest> = {}): LiveFacts {
  const request = { appId: APP_ID, channel: 'room', account: 'alice', token: tokenOf(), ...change };
  const decision = decide(request, worldOf(options), NOW);
  if (decision.verdict !== 'allow') throw new Error(decision.code);
  return liveFacts(request, decision, NOW);
}

const ROWS: { code: string; when: string; world: WorldOptions; session?: LiveFacts; now?: number }[] = [
  { code: 'ok', when: 'nothing changed', world: {} },
  { code: 'ok', when: 'the lease ran out', world: { leaseExpiresAt: null } },
  { code: 'project.frozen', when: 'the project is frozen', world: { project: { status: 'frozen' } } },
  { code: 'fence.region_denied', when: 'the fence narrowed', world: { fence: ['JP'] } },
  {
    code: 'fence.region_denied',
    when: 'the fence narrowed and only the stub is left',
    world: { fence: ['JP'], project: null },
  },
  { code: 'policy.missing', when: 'the fence was withdrawn', world: { fence: null } },
  {
    code: 'token.signature',
    when: 'its certificate is gone',
    world: { project: { certificates: [{ id: 'cert_2', slot: 'secondary', sealed: '' }] } },
  },
  { code: 'token.expired', when: 'the cap got shorter', world: { tokenPolicy: { maxLifetimeSeconds: 60 } } },
  { code: 'token.expired', when: 'its time is over', world: {}, now: (ISSUED_AT + 3600) * 1000 },
  {
    code: 'revoked.user',
    when: 'the user is revoked',
    world: { revocations: [{ subject: { type: 'user', account: 'alice' }, issuedBefore: ISSUED_AT }] },
  },
  {
    code: 'ok',
    when: 'issued after the revocation',
    world: { revocations: [{ subject: { type: 'user', account: 'alice' }, issuedBefore: ISSUED_AT - 31 }] },
  },
  {
    code: 'revoked.channel',
    when: 'the channel is revoked',
    world: { revocations: [{ subject: { type: 'channel', channel: 'room' }, issuedBefore: ISSUED_AT }] },
  },
  {
    code: 'token.wildcard_forbidden',
    when: 'wildcards were forbidden',
    session: admit({}, { token: tokenOf({ account: '' }) }),
    world: { tokenPolicy: { wildcardUser: false } },
  },
  {
    code: 'token.missing',
    when: 'app-id mode ended',
    session: admit({ project: { mode: 'app-id' } }, { token: null }),
    world: {},
  },
  {
    code: 'ok',
    when: 'app-id mode goes on',
    session: admit({ project: { mode: 'app-id' } }, { token: null }),
    world: { project: { mode: 'app-id' } },
  },
  {
    code: 'revoked.user',
    when: 'a fellow user of the wildcard token is revoked',
    session: admit({}, { token: tokenOf({ account: '' }) }),
    world: {
      revocations: [{ subject: { type: 'user', account: 'mallory' }, issuedBefore: ISSUED_AT }],
      usersOf: () => ['mallory'],
    },
  },
];

describe('redecide', () => {
  it.each(ROWS.map((row) => [`${row.code} when ${row.when}`, row] as const))('%s', (_, row) => {
    expect(redecide(row.session ?? admit(), worldOf(row.world), row.now ?? NOW).code).toBe(row.code);
  });

  it('shortens rights with the cap and never lengthens them', () => {
    const shorter = redecide(admit(), worldOf({ tokenPolicy: { maxLifetimeSeconds: 600 } }), NOW);
    expect(shorter).toMatchObject({ permissions: 15, expiresAt: { join: ISSUED_AT + 600 } });
    const capped = admit({ tokenPolicy: { maxLifetimeSeconds: 600 } });
    expect(redecide(capped, worldOf(), NOW)).toMatchObject({ expiresAt: { join: ISSUED_AT + 600 } });
  });

  it('drops a right whose own time is over', () => {
    const token = tokenOf({
      privileges: [
        { id: 1, seconds: 0 },
        { id: 2, seconds: 120 },
      ],
    });
    const session = admit({}, { token });
    expect(session.permissions).toBe(3);
    expect(redecide(session, worldOf(), (ISSUED_AT + 120) * 1000)).toMatchObject({ code: 'ok', permissions: 1 });
  });
});
