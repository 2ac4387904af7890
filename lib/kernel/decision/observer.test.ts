/** Somebody of the provider in a channel: with the token of a session whose grant runs, and with nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import { APP_ID, ISSUED_AT, NOW, type TokenOptions, tokenOf, type WorldOptions, worldOf } from '@/test/vectors/world';
import { parseToken, tokenIdentity } from '../token';
import { decide } from './decide';
import { isObserverName, OBSERVER_JOIN_SECONDS, observerAccount, observerSession } from './observer';
import { liveFacts, redecide } from './redecide';

const SESSION = `ssn_${'5a'.repeat(16)}`;
const account = observerAccount(SESSION);
const UNTIL = ISSUED_AT + 1800;
const made = (over: TokenOptions = {}) => tokenOf({ account, privileges: [{ id: 1, seconds: 0 }], ...over });
const token = made();
const idOf = (text: string) => {
  const read = parseToken(text, primitives);
  if (!read.ok) throw new Error(read.reason);
  return tokenIdentity(read.token, primitives, { channel: 'room', account })!;
};
const held = { id: SESSION, tokenId: idOf(token), until: UNTIL };
const asked = { appId: APP_ID, channel: 'room', account, token };
const under = (over: Partial<typeof held> = {}, more: WorldOptions = {}) =>
  worldOf({ observations: [{ ...held, ...over }], ...more });

describe('the name of an observer', () => {
  it('names its session and reads back, and nothing that could be taken for one is anybody else’s', () => {
    expect(observerSession(account)).toBe(SESSION);
    expect([account, 'Provider-Observer-x', 'provider-observer-'].map(isObserverName)).toEqual([true, true, true]);
    expect(['alice', 'observer', '7', 'my-provider-observer-1'].map(isObserverName)).toEqual(Array(4).fill(false));
    for (const name of ['alice', `${account}0`, account.toUpperCase(), account.slice(1)])
      expect(observerSession(name)).toBeNull();
  });
});

describe('an observer', () => {
  it('watches until the grant ends, and has nothing to send', () => {
    const decision = decide(asked, under(), NOW);
    expect(decision).toMatchObject({ code: 'ok', account, permissions: 1 });
    expect(decision).toMatchObject({ expiresAt: { join: UNTIL, audio: 0, video: 0, data: 0 } });
    // The token itself says when there is less.
    const short = made({ lifetimeSeconds: 300 });
    const sooner = decide({ ...asked, token: short }, under({ tokenId: idOf(short) }), NOW);
    expect(sooner).toMatchObject({ expiresAt: { join: ISSUED_AT + 300 } });
  });

  it('has nothing to send even where the token said so', () => {
    const loud = tokenOf({ account });
    expect(decide({ ...asked, token: loud }, under({ tokenId: idOf(loud) }), NOW)).toMatchObject({
      code: 'ok',
      permissions: 1,
    });
  });

  it.each<[string, string, () => ReturnType<typeof decide>]>([
    ['observer.no_grant', 'the policy says nothing of it', () => decide(asked, worldOf(), NOW)],
    [
      'observer.no_grant',
      'the keyring has signed nothing for it',
      () => decide(asked, under({ tokenId: '', until: 0 }), NOW),
    ],
    ['observer.no_grant', 'its end is not said', () => decide(asked, under({ until: 0 }), NOW)],
    ['observer.no_grant', 'its grant is over', () => decide(asked, under({ until: NOW / 1000 }), NOW)],
    [
      'observer.no_grant',
      'another token was made for it',
      () => decide(asked, under({ tokenId: 'f'.repeat(64) }), NOW),
    ],
    ['observer.no_grant', 'another session is meant', () => decide(asked, under({ id: `ssn_${'0'.repeat(32)}` }), NOW)],
    [
      'observer.no_grant',
      'a token for everybody is used under its name',
      () => decide({ ...asked, token: tokenOf({ account: '' }) }, under(), NOW),
    ],
    [
      'observer.no_grant',
      'no token is asked for here',
      () => decide({ ...asked, token: null }, under({}, { project: { mode: 'app-id' } }), NOW),
    ],
    [
      'observer.no_grant',
      'the name only looks like one',
      () => {
        const name = 'Provider-Observer-of-quality';
        return decide({ ...asked, account: name, token: tokenOf({ account: name }) }, under(), NOW);
      },
    ],
    [
      'observer.late',
      'two minutes are over',
      () => decide(asked, under(), (ISSUED_AT + OBSERVER_JOIN_SECONDS + 1) * 1000),
    ],
    ['policy.stale', 'the policy is not fresh', () => decide(asked, under({}, { leaseExpiresAt: NOW - 1 }), NOW)],
    ['token.wrong_account', 'it comes under another name', () => decide({ ...asked, account: 'alice' }, under(), NOW)],
    ['token.wrong_channel', 'it goes to another channel', () => decide({ ...asked, channel: 'hall' }, under(), NOW)],
    ['fence.region_denied', 'the edge is outside', () => decide(asked, under({}, { region: 'NA' }), NOW)],
    [
      'revoked.user',
      'the customer revoked the name',
      () =>
        decide(
          asked,
          under({}, { revocations: [{ subject: { type: 'user', account }, issuedBefore: ISSUED_AT }] }),
          NOW,
        ),
    ],
  ])('is refused with %s when %s', (code, _when, result) => {
    expect(result()).toMatchObject({ verdict: 'deny', code });
  });

  it('is cut when its grant is gone from the policy or its time is over, and nobody else is', () => {
    const decision = decide(asked, under(), NOW);
    if (decision.verdict !== 'allow') throw new Error(decision.code);
    const live = liveFacts(asked, decision, NOW);
    const later = NOW + 300_000;
    expect(redecide(live, under(), later)).toMatchObject({ code: 'ok', permissions: 1 });
    // Without control it goes on to its end, as others do.
    expect(redecide(live, under({}, { leaseExpiresAt: null }), later).code).toBe('ok');
    expect(redecide(live, worldOf(), later).code).toBe('observer.no_grant');
    expect(redecide(live, under({ tokenId: 'f'.repeat(64) }), later).code).toBe('observer.no_grant');
    expect(redecide(live, under(), UNTIL * 1000).code).toBe('observer.no_grant');
    expect(redecide(live, under({ until: later / 1000 + 60 }), later)).toMatchObject({
      expiresAt: { join: later / 1000 + 60 },
    });
    // Longer than at the admission it never gets.
    expect(redecide(live, under({ until: UNTIL + 600 }), later)).toMatchObject({ expiresAt: { join: UNTIL } });
  });

  it('is let in by exactly one policy of all, at any time', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.constantFrom(SESSION, `ssn_${'0'.repeat(32)}`),
          tokenId: fc.constantFrom(held.tokenId, '', 'f'.repeat(64)),
          until: fc.integer({ min: ISSUED_AT - 10, max: ISSUED_AT + 200 }),
          now: fc.integer({ min: ISSUED_AT, max: ISSUED_AT + 200 }),
        }),
        ({ id, tokenId, until, now }) => {
          const { code } = decide(asked, worldOf({ observations: [{ id, tokenId, until }] }), now * 1000);
          const isMeant = id === SESSION && tokenId === held.tokenId && now < until;
          expect(code).toBe(!isMeant ? 'observer.no_grant' : now > ISSUED_AT + 120 ? 'observer.late' : 'ok');
          // Whatever the provider may, it changes nothing for others.
          expect(
            decide(
              { ...asked, account: 'alice', token: tokenOf() },
              worldOf({ observations: [{ id, tokenId, until }] }),
              NOW,
            ).code,
          ).toBe('ok');
        },
      ),
    );
  });
});
