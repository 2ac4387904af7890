/** The vendor's own builders and parser against ours, in both directions. */
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildToken,
  matchCertificate,
  parseToken,
  type Rtm2Permission,
  type Service,
  type Token007,
} from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';

const require = createRequire(import.meta.url);
const vendor = require('agora-token');
const { AccessToken2 } = require('agora-token/src/AccessToken2');
const legacy = require('agora-token/src/AccessToken');

const hex32 = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: 32, maxLength: 32 });
const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019 -_*éü漢'), minLength: 1, maxLength: 40 });
const seconds = fc.integer({ min: 1, max: 86_400 });

function verified(text: string, certificate: string): Token007 {
  const result = parseToken(text, primitives);
  if (!result.ok) throw new Error(result.reason);
  expect(matchCertificate(result.token, [{ id: 'own', value: Buffer.from(certificate) }], primitives)).toBe('own');
  return result.token as Token007;
}

const granted =
  (...ids: number[]) =>
  (expire: number) =>
    ids.map((id) => ({ id, seconds: expire }));

describe('what the vendor builds, we verify', () => {
  it('RTC for uids and accounts, both roles', () => {
    fc.assert(
      fc.property(
        hex32,
        hex32,
        name,
        fc.nat(4_294_967_295),
        name,
        fc.constantFrom(1, 2),
        seconds,
        (appId, certificate, channel, uid, account, role, expire) => {
          const all = role === vendor.RtcRole.PUBLISHER ? granted(1, 2, 3, 4) : granted(1);
          const byUid = verified(
            vendor.RtcTokenBuilder.buildTokenWithUid(appId, certificate, channel, uid, role, expire, expire),
            certificate,
          );
          expect(byUid).toMatchObject({ appId, lifetimeSeconds: expire });
          expect(byUid.services).toEqual([
            { kind: 'rtc', channel, account: uid === 0 ? '' : String(uid), privileges: all(expire) },
          ]);
          const text = vendor.RtcTokenBuilder.buildTokenWithUserAccount(
            appId,
            certificate,
            channel,
            account,
            role,
            expire,
            expire,
          );
          expect(verified(text, certificate).services).toMatchObject([{ account }]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('every other builder', () => {
    fc.assert(
      fc.property(hex32, hex32, name, seconds, (appId, certificate, user, expire) => {
        const kinds = (text: string) => verified(text, certificate).services.map(({ kind }) => kind);
        expect(kinds(vendor.RtmTokenBuilder.buildToken(appId, certificate, user, expire))).toEqual(['rtm']);
        expect(kinds(vendor.ChatTokenBuilder.buildUserToken(appId, certificate, user, expire))).toEqual(['chat']);
        expect(kinds(vendor.FpaTokenBuilder.buildToken(appId, certificate))).toEqual(['fpa']);
        expect(kinds(vendor.ApaasTokenBuilder.buildRoomUserToken(appId, certificate, 'room', user, 7, expire))).toEqual(
          ['rtm', 'chat', 'apaas'],
        );
        expect(
          kinds(vendor.RtcTokenBuilder.buildTokenWithRtm(appId, certificate, 'room', user, 1, expire, expire)),
        ).toEqual(['rtc', 'rtm']);
      }),
      { numRuns: 100 },
    );
  });

  it('006', () => {
    fc.assert(
      fc.property(hex32, hex32, name, name, (appId, certificate, channel, account) => {
        const token = new legacy.AccessToken(appId, certificate, channel, account);
        token.addPriviledge(1, 1_800_000_000);
        token.addPriviledge(2, 0);
        const result = parseToken(token.build(), primitives);
        if (!result.ok) throw new Error(result.reason);
        const candidates = [{ id: 'own', value: Buffer.from(certificate) }];
        expect(matchCertificate(result.token, candidates, primitives, { channel, account })).toBe('own');
        expect(matchCertificate(result.token, candidates, primitives, { channel: `${channel}x`, account })).toBeNull();
        expect(result.token).toMatchObject({
          privileges: [
            { id: 1, seconds: 1_800_000_000 },
            { id: 2, seconds: 0 },
          ],
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('what we build, the vendor verifies', () => {
  const privilege = fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 9 }), seconds }), {
    selector: ({ id }) => id,
    maxLength: 4,
  });
  const service: fc.Arbitrary<Service> = fc.oneof(
    fc.record({
      kind: fc.constantFrom('rtc' as const, 'streaming' as const, 'fcdn' as const),
      privileges: privilege,
      channel: name,
      account: name,
    }),
    fc.record({ kind: fc.constantFrom('rtm' as const, 'chat' as const), privileges: privilege, user: name }),
    fc.record({ kind: fc.constantFrom('fpa' as const, 'convoai' as const, 'stt' as const), privileges: privilege }),
    fc.record({
      kind: fc.constant('apaas' as const),
      privileges: privilege,
      room: name,
      user: name,
      role: fc.nat(32_767),
    }),
    fc.record({
      kind: fc.constant('rtm2' as const),
      privileges: privilege,
      user: name,
      permissions: fc.constant<Rtm2Permission[]>([
        { resource: 0, permission: 1, names: ['lobby', 'room'] },
        { resource: 4, permission: 0, names: [] },
      ]),
    }),
  );

  it('any services', () => {
    fc.assert(
      fc.property(hex32, hex32, fc.array(service, { minLength: 1, maxLength: 4 }), (appId, certificate, services) => {
        const content = { appId, issuedAt: 1_700_000_000, lifetimeSeconds: 3600, salt: 12_345, services };
        const text = buildToken(content, Buffer.from(certificate), primitives);
        const theirs = new AccessToken2('', '', 0, 0);
        expect(theirs.from_string(text)).toBe(true);
        expect(theirs.verifySignature(certificate)).toBe(true);
        expect(theirs.verifySignature(certificate.replace(/^./, (first) => (first === '0' ? '1' : '0')))).toBe(false);
        expect(theirs).toMatchObject({ issueTs: 1_700_000_000, expire: 3600, salt: 12_345 });
        expect(String(theirs.appId)).toBe(appId);
        expect(theirs.services).toHaveLength(services.length);
      }),
      { numRuns: 300 },
    );
  });
});
