import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, OPERATIONS } from '@/lib/keyring/protocol';
import { type KeyringProcess, spawnKeyring, stopKeyring, temporaryHome } from '@/lib/keyring/test-support';
import { SoftPasskey } from '@/lib/launch/demo-passkey';
import { asks, enrol, registration, signed } from '../support/soft-passkeys';

/**
 * The attack: a process that reaches the keyring's socket sends it bytes no honest client would: random bodies, deep and huge
 * JSON, half requests, wrong methods and paths, prototype names, endless headers, and CBOR and DER from an authenticator that lies.
 * It wants the process to die (nothing can be revoked while no policy is signed), to answer what it should not, or to tell something
 * about its insides.
 */
let home: string;
let keyring: KeyringProcess;
beforeAll(async () => {
  home = await temporaryHome();
  keyring = await spawnKeyring(home);
  await keyring.ready;
});
afterAll(async () => {
  await stopKeyring(keyring);
  await rm(home, { recursive: true });
});

/** Deterministic bytes, so that a failure can be repeated (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Answer {
  status: number;
  text: string;
}
const post = (path: string, body: Buffer, headers: Record<string, string> = {}, method = 'POST') =>
  new Promise<Answer>((resolve) => {
    const outgoing = request({ socketPath: keyring.socketPath, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    // A refused body may be cut while it is still being sent.
    outgoing.on('error', () => resolve({ status: 0, text: '' }));
    outgoing.end(body);
  });
const bearer = (who: Client) => ({ authorization: `Bearer ${keyring.tokens[who]}` });
const alive = async () =>
  expect((await keyring.client('control').call('trust.describe', {})).policyKeys).toHaveLength(2);

const SEEDS: readonly unknown[] = [
  { certificateId: 'crt_1', projectId: 'prj_1', appId: 'ab'.repeat(16), sealed: 'v1.c1.AAAA' },
  {
    userId: 'u',
    factorId: 'f',
    sealed: 'v1.t1.AAAA',
    code: '123456',
    lastStep: 0,
    purpose: { sessionId: 's', userId: 'u', action: 'sign-in', object: '', terms: '' },
  },
  {
    type: 'Snapshot',
    region: 'EU',
    epoch: 1,
    seq: 1,
    resources: [{ kind: 'project', id: 'ab'.repeat(16), version: 1 }],
  },
  { type: 'Delta', region: 'EU', base: { epoch: 1, seq: 1, hash: '' }, epoch: 1, seq: 2, put: [], del: ['x'] },
  { name: 'one', region: 'EU', csr: 'MIIB', hosts: ['a'] },
  { region: 'EU', certificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' },
  asks({ userId: 'u', sessionId: 's', realm: 'customer' }),
  {
    statement: 'cordon-act/1\nnonce: AAAA\nrealm: customer\n',
    mac: 'A'.repeat(43),
    assertion: { id: 'AAAA', response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' } },
    sessionId: 's',
    counter: 0,
  },
  { passkeyIds: ['psk_1'] },
  { userId: null, ttlSeconds: 60 },
];

/** A genuine-looking body with a few bytes changed, cut or doubled; or plain noise. */
function mutate(random: () => number): Buffer {
  const pick = (n: number) => Math.floor(random() * n);
  if (random() < 0.2) return Buffer.from(Array.from({ length: pick(300) }, () => pick(256)));
  let body = Buffer.from(JSON.stringify(SEEDS[pick(SEEDS.length)]));
  for (let i = pick(4); i > 0; i -= 1) body[pick(body.length)] = pick(256);
  if (random() < 0.2) body = body.subarray(0, pick(body.length));
  if (random() < 0.1) body = Buffer.concat([body, body]);
  return body;
}

/** Up to four bytes changed, or the end cut off, or all of it twice. */
function damaged(bytes: Buffer, random: () => number): Buffer {
  const pick = (n: number) => Math.floor(random() * n);
  const changed = Buffer.from(bytes);
  for (let i = pick(4) + 1; i > 0; i -= 1) {
    const at = pick(changed.length);
    changed[at] = changed.readUInt8(at) ^ (1 + pick(255));
  }
  if (random() < 0.2) return changed.subarray(0, pick(changed.length));
  return random() < 0.1 ? Buffer.concat([changed, changed]) : changed;
}

describe('hostile bytes on the socket', () => {
  it('three thousand damaged bodies: always an answer, never a death, never more than a code', async () => {
    const random = generator(20_261_121);
    const operations = Object.entries(OPERATIONS);
    for (let round = 0; round < 150; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => {
          const [name, { clients }] = operations[Math.floor(random() * operations.length)]!;
          return post(`/v1/${name}`, mutate(random), bearer(clients[0]!));
        }),
      );
      for (const { status, text } of answers) {
        expect([200, 400, 403, 409, 422, 429]).toContain(status);
        if (status !== 200) expect(Object.keys(JSON.parse(text))).toEqual(['code']);
      }
    }
    expect(keyring.lines.join('\n')).not.toContain('internal');
    await alive();
  }, 60_000);

  it('a thousand damaged answers of authenticators, in statements that are genuine: none is believed, none is the end', async () => {
    const random = generator(20_261_122);
    const { call } = keyring.client('console');
    const damage = (text: string) => Buffer.from(damaged(Buffer.from(text, 'base64url'), random)).toString('base64url');
    const codes = new Map<string, number>();
    const told = async (attempt: Promise<object>) => {
      const outcome = await attempt.then(
        (answer) => ('valid' in answer ? `valid ${answer.valid}` : 'registered'),
        (error: { code: string }) => error.code,
      );
      codes.set(outcome, (codes.get(outcome) ?? 0) + 1);
    };
    for (let round = 0; round < 50; round += 1) {
      const holder = await enrol(call);
      // Ten, because more failures than that close a passkey for a minute.
      for (let i = 0; i < 10; i += 1) {
        const body = await signed(call, holder);
        const { response } = body.assertion;
        const field = (['clientDataJSON', 'authenticatorData', 'signature'] as const)[i % 3]!;
        const assertion = { ...body.assertion, response: { ...response, [field]: damage(response[field]) } };
        await told(call('act.verify', { ...body, assertion }));
        const person = { passkeyId: `psk_${round}_${i}`, userId: 'u', sessionId: 's', realm: 'staff' as const };
        const made = await registration(call, person, new SoftPasskey());
        const attestationObject = damage(made.attestation.response.attestationObject);
        const attestation = { ...made.attestation, response: { ...made.attestation.response, attestationObject } };
        await told(call('passkey.register', { ...made, attestation }));
      }
    }
    // A registration may survive: nobody signs for the make, the counter or the key in it.
    const registered = codes.get('registered') ?? 0;
    expect(Object.fromEntries(codes)).toEqual({
      'valid false': 500,
      'keyring.refused:passkey.refused': 500 - registered,
      ...(registered > 0 ? { registered } : {}),
    });
    expect(keyring.lines.join('\n')).not.toContain('internal');
    await alive();
  }, 60_000);

  it('deep, huge and lying bodies', async () => {
    const deep = Buffer.from('['.repeat(30_000));
    expect((await post('/v1/token.mint', deep, bearer('console'))).status).toBe(400);
    const nested = Buffer.from(
      `{"type":"Snapshot","region":"EU","epoch":1,"seq":1,"resources":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`,
    );
    expect((await post('/v1/policy.sign', nested, bearer('control'))).status).toBe(400);
    const huge = await post('/v1/token.mint', Buffer.alloc(70_000, 0x20), bearer('console'));
    expect([0, 413]).toContain(huge.status);
    const streamed = await post('/v1/token.mint', Buffer.alloc(70_000, 0x20), {
      ...bearer('console'),
      'transfer-encoding': 'chunked',
    });
    expect([0, 413]).toContain(streamed.status);
    const bigger = await post('/v1/policy.sign', Buffer.alloc(17 * 1024 * 1024, 0x20), bearer('control'));
    expect([0, 413]).toContain(bigger.status);
    await alive();
  });

  it('no body of a stranger is read, and no path or method but the one works', async () => {
    expect(await post('/v1/trust.describe', Buffer.from('{}'))).toEqual({
      status: 401,
      text: '{"code":"request.unauthenticated"}',
    });
    for (const path of [
      '/',
      '/v1/',
      '/v1/constructor',
      '/v1/__proto__',
      '/v1/toString',
      '/v1/trust.describe/',
      '/v1/trust.describe?x=1',
      '/v1/../v1/trust.describe',
      '/v2/trust.describe',
    ]) {
      expect((await post(path, Buffer.from('{}'), bearer('console'))).status).toBe(404);
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      expect((await post('/v1/trust.describe', Buffer.from('{}'), bearer('console'), method)).status).toBe(404);
    await alive();
  });

  it('raw noise, half requests and endless headers', async () => {
    const random = generator(7);
    const raw = (bytes: Buffer) =>
      new Promise<void>((resolve) => {
        const socket = connect(keyring.socketPath, () => socket.end(bytes));
        socket.on('error', () => {});
        socket.resume();
        socket.on('close', () => resolve());
      });
    for (let i = 0; i < 100; i += 1)
      await raw(Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256))));
    await raw(Buffer.from('POST /v1/trust.describe HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{'));
    await raw(Buffer.from(`POST /v1/trust.describe HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`));
    await alive();
  });

  it('made-up tokens do not fill the log', async () => {
    const before = keyring.lines.length;
    await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        post('/v1/trust.describe', Buffer.from('{}'), { authorization: `Bearer ${String(i).padStart(64, '0')}` }),
      ),
    );
    await alive();
    expect(keyring.lines.length - before).toBeLessThan(50);
  });
});
