/** The decision as a table: one world, one request, one code. Every code that `decide` can give has a row. */
import { describe, expect, it } from 'vitest';
import vectors from '@/test/vectors/access-token.json';
import { APP_ID, ISSUED_AT, NOW, tokenOf, type WorldOptions, worldOf } from '@/test/vectors/world';
import { PRIVILEGES, rtcPrivileges } from '../token';
import { decide } from './decide';
import type { JoinRequest, Step } from './types';

const request = (change: Partial<JoinRequest> = {}): JoinRequest => ({
  appId: APP_ID,
  channel: 'room',
  account: 'alice',
  token: tokenOf(),
  ...change,
});
const revoke = (subject: NonNullable<WorldOptions['revocations']>[number]['subject'], issuedBefore = ISSUED_AT) => ({
  revocations: [{ subject, issuedBefore }],
});
const other = 'f'.repeat(32);
const v006 = vectors.published006[1]!;
const join006 = { token: v006.token, channel: v006.channelName, account: v006.account };
/** The published 006 tokens expire at their `ts`. */
const NOW_006 = (v006.ts - 60) * 1000;

interface Row {
  code: string;
  when: string;
  request?: Partial<JoinRequest>;
  world?: WorldOptions;
  now?: number;
  detail?: RegExp;
}

const ROWS: Row[] = [
  { code: 'ok', when: 'all is well' },
  {
    code: 'ok',
    when: 'signed by the secondary certificate',
    request: { token: tokenOf({ certificate: '00112233445566778899aabbccddeeff' }) },
  },
  { code: 'ok', when: '006 is allowed', request: join006, now: NOW_006 },
  { code: 'ok', when: 'app-id mode needs no token', request: { token: null }, world: { project: { mode: 'app-id' } } },
  { code: 'ok', when: 'the lease ran out within the limit', world: { leaseExpiresAt: NOW - 299_000 } },
  { code: 'request.invalid', when: 'the App ID is not hex', request: { appId: 'room' } },
  { code: 'request.invalid', when: 'the token is not a text', request: { token: 7 as unknown as string } },
  { code: 'channel.invalid', when: 'the channel is empty', request: { channel: '' } },
  { code: 'channel.invalid', when: 'the channel has 64 bytes', request: { channel: 'c'.repeat(64) } },
  { code: 'channel.invalid', when: 'the channel has a star', request: { channel: '*' } },
  { code: 'account.invalid', when: 'the account is uid 0', request: { account: '0' } },
  { code: 'account.invalid', when: 'the account is a star', request: { account: '*' } },
  { code: 'account.invalid', when: 'the account has 256 bytes', request: { account: 'é'.repeat(128) } },
  { code: 'token.missing', when: 'a token is required', request: { token: null } },
  {
    code: 'token.missing',
    when: 'app-id mode is set in production',
    request: { token: null },
    world: { project: { mode: 'app-id', environment: 'production' } },
  },
  { code: 'token.too_large', when: 'the text is too long', request: { token: `007${'A'.repeat(8190)}` } },
  { code: 'token.malformed', when: 'it is not base64', request: { token: '007!' } },
  { code: 'token.version_unsupported', when: 'it is version 005', request: { token: '005AAAA' } },
  { code: 'project.unknown', when: 'nothing is known of the App ID', request: { appId: other } },
  { code: 'project.frozen', when: 'frozen', world: { project: { status: 'frozen' } } },
  { code: 'project.archived', when: 'archived', world: { project: { status: 'archived' } } },
  { code: 'policy.missing', when: 'no bundle is held', world: { bundle: null } },
  { code: 'policy.missing', when: 'the project has no fence', world: { fence: null } },
  { code: 'policy.missing', when: 'only the stub is held inside the fence', world: { project: null } },
  { code: 'policy.stale', when: 'the lease ran out before the limit', world: { leaseExpiresAt: NOW - 301_000 } },
  { code: 'policy.stale', when: 'no lease was ever held', world: { leaseExpiresAt: null } },
  {
    code: 'fence.region_denied',
    when: 'the region is outside',
    world: { region: 'NA' },
    detail: /NA.*EU, JP.*eu-1, jp-1\)/,
  },
  {
    code: 'fence.region_denied',
    when: 'only the stub is held outside',
    world: { region: 'NA', project: null, tokenPolicy: null },
  },
  {
    code: 'token.legacy_forbidden',
    when: '006 is not allowed',
    request: join006,
    world: { tokenPolicy: { legacy006: false } },
    now: NOW_006,
  },
  {
    code: 'token.legacy_forbidden',
    when: 'the token policy is not held',
    request: join006,
    world: { tokenPolicy: null },
    now: NOW_006,
  },
  { code: 'token.wrong_project', when: 'made for another project', request: { token: tokenOf({ appId: other }) } },
  { code: 'token.signature', when: 'signed by nobody we know', request: { token: tokenOf({ certificate: other }) } },
  {
    code: 'token.signature',
    when: 'the certificate is no longer enabled',
    world: { project: { certificates: [{ id: 'cert_2', slot: 'secondary', sealed: '' }] } },
  },
  { code: 'token.wrong_channel', when: 'another channel', request: { channel: 'hall' } },
  {
    code: 'token.wrong_channel',
    when: '006 for another channel',
    request: { ...join006, channel: 'hall' },
    now: NOW_006,
  },
  { code: 'token.wrong_account', when: 'another user', request: { account: 'bob' } },
  { code: 'token.wrong_account', when: '006 for another user', request: { ...join006, account: 'bob' }, now: NOW_006 },
  {
    code: 'token.wildcard_forbidden',
    when: 'wildcard users are forbidden',
    request: { token: tokenOf({ account: '' }) },
    world: { tokenPolicy: { wildcardUser: false } },
  },
  {
    code: 'token.wildcard_forbidden',
    when: 'wildcard channels are forbidden',
    request: { token: tokenOf({ channel: 'ro*' }) },
    world: { tokenPolicy: { wildcardChannel: false } },
  },
  {
    code: 'token.wildcard_forbidden',
    when: 'the token policy is not held',
    request: { token: tokenOf({ account: '' }) },
    world: { tokenPolicy: null },
  },
  { code: 'token.not_yet_valid', when: 'issued beyond the skew', now: (ISSUED_AT - 31) * 1000 },
  { code: 'ok', when: 'issued within the skew', now: (ISSUED_AT - 30) * 1000 },
  { code: 'token.expired', when: 'its own life is over', now: (ISSUED_AT + 3600) * 1000 },
  { code: 'token.expired', when: "the project's cap is over", world: { tokenPolicy: { maxLifetimeSeconds: 60 } } },
  {
    code: 'token.expired',
    when: '24 h are over',
    request: { token: tokenOf({ lifetimeSeconds: 4_000_000_000 }) },
    now: (ISSUED_AT + 86_400) * 1000,
  },
  { code: 'token.expired', when: '006 is over', request: join006, now: v006.ts * 1000 },
  {
    code: 'privilege.expired',
    when: 'join is over',
    request: { token: tokenOf({ privileges: [{ id: 1, seconds: 60 }] }) },
  },
  {
    code: 'privilege.join_missing',
    when: 'only publishing is given',
    request: { token: tokenOf({ privileges: [{ id: 2, seconds: 0 }] }) },
  },
  { code: 'revoked.user', when: 'issued up to T', world: revoke({ type: 'user', account: 'alice' }) },
  {
    code: 'revoked.user',
    when: 'issued within the skew after T',
    world: revoke({ type: 'user', account: 'alice' }, ISSUED_AT - 30),
    detail: /from 1700000001 on/,
  },
  {
    code: 'ok',
    when: 'issued beyond the skew after T',
    world: revoke({ type: 'user', account: 'alice' }, ISSUED_AT - 31),
  },
  { code: 'ok', when: 'another user is revoked', world: revoke({ type: 'user', account: 'bob' }) },
  {
    code: 'ok',
    when: 'a channel of the same name as the user is revoked',
    world: revoke({ type: 'channel', channel: 'alice' }),
  },
  { code: 'revoked.channel', when: 'the channel is revoked', world: revoke({ type: 'channel', channel: 'room' }) },
  {
    code: 'revoked.certificate',
    when: 'the certificate is revoked',
    world: revoke({ type: 'certificate', certificateId: 'cert_1' }),
  },
  {
    code: 'ok',
    when: 'the other certificate is revoked',
    world: revoke({ type: 'certificate', certificateId: 'cert_2' }),
  },
  { code: 'revoked.project', when: 'the project is revoked', world: revoke({ type: 'project' }) },
  {
    code: 'revoked.user',
    when: '006 has no time to compare',
    request: join006,
    world: revoke({ type: 'user', account: v006.account }, 0),
    now: NOW_006,
  },
  {
    code: 'revoked.channel',
    when: 'app-id mode has no time to compare',
    request: { token: null },
    world: { project: { mode: 'app-id' }, ...revoke({ type: 'channel', channel: 'room' }, 0) },
  },
];

describe('decide', () => {
  it.each(ROWS.map((row) => [`${row.code} when ${row.when}`, row] as const))('%s', (_, row) => {
    const decision = decide(request(row.request), worldOf(row.world), row.now ?? NOW);
    expect(decision.code).toBe(row.code);
    if (row.detail && decision.verdict === 'deny') expect(decision.detail).toMatch(row.detail);
  });

  it('refuses a revoked token whatever its issue time, and the same token in another spelling', () => {
    const allowed = decide(request(), worldOf(), NOW);
    const world = worldOf(revoke({ type: 'token', tokenId: allowed.tokenId! }, 0));
    expect(decide(request(), world, NOW).code).toBe('revoked.token');
  });

  it('names allowed regions and serving edges when the fence refuses', () => {
    const decision = decide(request(), worldOf({ region: 'NA' }), NOW);
    expect(decision).toMatchObject({
      rule: 'fence',
      allowedRegions: ['EU', 'JP'],
      allowedEdges: [
        { name: 'eu-1', region: 'EU', url: 'http://localhost:7411' },
        { name: 'jp-1', region: 'JP', url: 'http://localhost:7412' },
      ],
    });
  });

  it('refuses a wildcard token under any name once one of its users is revoked', () => {
    const usersOf = () => ['mallory'];
    const token = tokenOf({ account: '' });
    const world = worldOf({ ...revoke({ type: 'user', account: 'mallory' }), usersOf });
    expect(decide(request({ token, account: 'innocent' }), world, NOW).code).toBe('revoked.user');
    expect(decide(request({ token, account: 'innocent' }), worldOf({ usersOf }), NOW).code).toBe('ok');
    // A token naming its user is no concern of other users.
    expect(decide(request(), world, NOW).code).toBe('ok');
  });

  it('takes the name from the token when the request has none', () => {
    expect(decide(request({ account: '' }), worldOf(), NOW)).toMatchObject({ code: 'ok', account: 'alice' });
    const anyone = tokenOf({ account: '' });
    expect(decide(request({ account: '', token: anyone }), worldOf(), NOW)).toMatchObject({
      account: '',
      wildcardUser: true,
    });
    const revoked = worldOf(revoke({ type: 'user', account: 'alice' }));
    expect(decide(request({ account: '' }), revoked, NOW).code).toBe('revoked.user');
  });

  it('never joins the rights of two users when the request names none', () => {
    const rtc = (account: string, id: number) => ({
      kind: 'rtc' as const,
      channel: 'room',
      account,
      privileges: [{ id, seconds: 0 }],
    });
    const token = tokenOf({
      services: [rtc('alice', PRIVILEGES.rtc.joinChannel), rtc('bob', PRIVILEGES.rtc.publishAudioStream)],
    });
    expect(decide(request({ account: '', token }), worldOf(), NOW)).toMatchObject({ account: 'alice', permissions: 1 });
  });

  it('gives a forbidden wildcard service nothing, and keeps the named one', () => {
    const services = [
      { kind: 'rtc' as const, channel: 'room', account: 'alice', privileges: rtcPrivileges('subscriber') },
      { kind: 'rtc' as const, channel: 'room', account: '', privileges: rtcPrivileges('publisher') },
    ];
    const world = worldOf({ tokenPolicy: { wildcardUser: false } });
    expect(decide(request({ token: tokenOf({ services }) }), world, NOW)).toMatchObject({
      permissions: 1,
      wildcardUser: false,
    });
  });

  it('writes the ladder: passed up to the rule that refused, not reached after it', () => {
    const trace: Step[] = [];
    decide(request({ account: 'bob' }), worldOf(), NOW, trace);
    const results = trace.map(({ rule, result }) => `${rule} ${result}`);
    expect(results).toEqual([
      'request passed',
      'form passed',
      'project passed',
      'policy passed',
      'fence passed',
      'signature passed',
      'audience refused',
      'time not_reached',
      'revocation not_reached',
      'privilege not_reached',
    ]);
  });

  it('passes every rule of the ladder when it allows', () => {
    const trace: Step[] = [];
    decide(request(), worldOf(), NOW, trace);
    expect(trace).toHaveLength(10);
    expect(trace.every(({ result }) => result === 'passed')).toBe(true);
  });
});
