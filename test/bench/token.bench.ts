/**
 * What admission costs: the full decision (parse, verify against two certificates, policy, fence, times, revocations) on
 * distinct tokens, half of them signed with the secondary certificate, against the token checks of a comparable media
 * server's SDK and of a general JWT library. No result is remembered between operations by anybody.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { Resource } from '@/lib/kernel/bundle/resources';
import { createPolicyIndex, decide, type World } from '@/lib/kernel/decision';
import { buildToken, matchCertificate, rtcPrivileges } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import { type Contender, compare, interleave, type Result } from './measure';

const INPUTS = 2000;
const APP_ID = '0123456789abcdef0123456789abcdef';
const ISSUED_AT = Math.floor(Date.now() / 1000);
const NOW = ISSUED_AT * 1000 + 1000;
const FORGER = Buffer.from(randomBytes(16).toString('hex'));
const ALLOWED = { rounds: 60, operations: 200 };

export async function bench(report: (result: Result) => void): Promise<void> {
  const { world, requests } = admission();
  const peers = { ...(await livekit()), ...(await jose()) };
  const ours: Contender = (i) => {
    const decision = decide(requests[i % INPUTS]!, world, NOW);
    if (decision.verdict !== 'allow') throw new Error(`refused: ${decision.code}`);
  };
  report(compare('decision', await interleave({ ours, ...peers }, ALLOWED), { livekit: 1.0, jose: 0.4 }));
  await refusals(world, requests, ours, report);
}

/** What an attacker makes an edge spend per refused token, beside what an allowed one costs. */
async function refusals(
  world: World,
  requests: Request[],
  allowed: Contender,
  report: (result: Result) => void,
): Promise<void> {
  const bomb = `007${deflateSync(Buffer.alloc(4_000_000)).toString('base64')}`;
  const hostile: Record<string, (i: number) => string> = {
    'refuse-forged-signature': (i) => issue(requests[i]!, FORGER),
    'refuse-text-too-long': () => 'A'.repeat(265_000),
    'refuse-zip-bomb': () => bomb,
    'refuse-damaged-stream': (i) => `${requests[i]!.token.slice(0, 60)}${requests[(i + 1) % INPUTS]!.token.slice(60)}`,
    'refuse-noise': () => `007${randomBytes(180).toString('base64')}`,
  };
  for (const [name, make] of Object.entries(hostile)) {
    const attacks = Array.from({ length: INPUTS }, (_, i) => ({ ...requests[i]!, token: make(i) }));
    const ours: Contender = (i) => {
      if (decide(attacks[i % INPUTS]!, world, NOW).verdict !== 'deny') throw new Error('admitted');
    };
    report(compare(name, await interleave({ ours, allowed }, { rounds: 20, operations: 100 }), {}));
  }
}

type Request = { appId: string; channel: string; account: string; token: string };

/** A publisher's token; every salt, hence every signature, is different. */
function issue({ channel, account }: Pick<Request, 'channel' | 'account'>, certificate: Uint8Array): string {
  const services = [{ kind: 'rtc' as const, channel, account, privileges: rtcPrivileges('publisher', 3600) }];
  const content = {
    appId: APP_ID,
    issuedAt: ISSUED_AT,
    lifetimeSeconds: 3600,
    salt: randomInt(1, 99_999_999),
    services,
  };
  return buildToken(content, certificate, primitives);
}

function admission(): { world: World; requests: Request[] } {
  const certificates = ['primary', 'secondary'].map((slot) => ({
    id: `cert_${slot}`,
    slot: slot as 'primary' | 'secondary',
    value: Buffer.from(randomBytes(16).toString('hex')),
  }));
  const base = { id: APP_ID, version: 1 };
  const resources: Resource[] = [
    {
      ...base,
      kind: 'project',
      projectId: 'prj_bench',
      organisationId: 'org_bench',
      name: 'Bench',
      status: 'active',
      environment: 'production',
      mode: 'token',
      certificates: certificates.map(({ id, slot }) => ({ id, slot, sealed: '' })),
    },
    {
      ...base,
      kind: 'tokenPolicy',
      maxLifetimeSeconds: 86_400,
      wildcardChannel: false,
      wildcardUser: false,
      legacy006: false,
      clockSkewSeconds: 30,
    },
    { ...base, kind: 'fence', regions: ['EU', 'JP'] },
    ...Array.from(
      { length: 1000 },
      (_, i): Resource => ({
        kind: 'revocation',
        id: `rev_${i}`,
        version: 1,
        appId: APP_ID,
        subject: { type: 'user', account: `revoked-${i}` },
        issuedBefore: ISSUED_AT,
      }),
    ),
  ];
  const requests = Array.from({ length: INPUTS }, (_, i) => {
    const channel = `room-${i % 97}`;
    const account = String(1_000_000 + i);
    const token = issue({ channel, account }, certificates[i % 2]!.value);
    return { appId: APP_ID, channel, account, token };
  });
  const world: World = {
    edge: { name: 'eu-1', region: 'EU' },
    index: createPolicyIndex(resources),
    bundle: { epoch: 1, seq: 1 },
    leaseExpiresAt: NOW + 60_000,
    matchCertificate: (token, _project, request) => matchCertificate(token, certificates, primitives, request),
    primitives,
  };
  return { world, requests };
}

async function livekit(): Promise<Record<string, Contender>> {
  const sdk = await import('livekit-server-sdk').catch(() => null);
  if (sdk === null) return {};
  const secret = randomBytes(32).toString('hex');
  const tokens = await Promise.all(
    Array.from({ length: INPUTS }, async (_, i) => {
      const token = new sdk.AccessToken('key', secret, { identity: String(1_000_000 + i), ttl: 3600 });
      token.addGrant({ room: `room-${i % 97}`, roomJoin: true, canPublish: true, canPublishData: true });
      return token.toJwt();
    }),
  );
  const verifier = new sdk.TokenVerifier('key', secret);
  return {
    livekit: async (i) => {
      const claims = await verifier.verify(tokens[i % INPUTS]!);
      if (claims.video?.room !== `room-${(i % INPUTS) % 97}`) throw new Error('wrong claims');
    },
  };
}

async function jose(): Promise<Record<string, Contender>> {
  const library = await import('jose').catch(() => null);
  if (library === null) return {};
  const key = randomBytes(32);
  // Beside the documented way (the secret's bytes), the fastest one: the secret imported once.
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const tokens = await Promise.all(
    Array.from({ length: INPUTS }, (_, i) =>
      new library.SignJWT({ room: `room-${i % 97}`, publish: true })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(String(1_000_000 + i))
        .setIssuedAt(ISSUED_AT)
        .setExpirationTime(ISSUED_AT + 3600)
        .sign(key),
    ),
  );
  const verifyWith =
    (secret: Uint8Array | CryptoKey): Contender =>
    async (i) => {
      const { payload } = await library.jwtVerify(tokens[i % INPUTS]!, secret, { algorithms: ['HS256'] });
      if (payload.sub !== String(1_000_000 + (i % INPUTS))) throw new Error('wrong claims');
    };
  return { jose: verifyWith(key), 'jose-imported-key': verifyWith(imported) };
}
