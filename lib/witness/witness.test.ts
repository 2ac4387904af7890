/** The witness by the words of C2SP tlog-witness: its statuses in their order, and that it never cosigns two histories. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COSIGNATURE, formatVkey, type NoteKey, parseVkey, readCosigned } from '@/lib/kernel/log';
import { isWitnessed, parsePolicy } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { signerOf } from '@/test/foreign/world';
import { selfSigned } from '@/test/support/tls';
import { createWitnessKey, formatPolicy, type RunningWitness, readWitnessKey, startWitness } from '.';
import { watchedLogs } from './logs';
import { RateLimit } from './rate';
import { hashOfOrigin } from './store';
import { HistoryOf, ORIGIN, VKEY } from './test-support';

let root: string;
let directory: string;
let key: NoteKey;
let running: RunningWitness | undefined;
const clock = { now: () => 1_770_000_000_000 };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'witness-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function serve(): Promise<void> {
  await running?.stop();
  running = await startWitness({ directory, vkeys: [VKEY], port: 0, log: silent, clock });
  key = parseVkey(primitives, running.vkey)!;
}
let made = 0;
beforeEach(async () => {
  directory = join(root, String(made++));
  await createWitnessKey(directory, 'witness.example/w1');
  await serve();
  return async () => {
    await running?.stop();
    running = undefined;
  };
});

const url = (path: string) => `http://127.0.0.1:${running!.port}${path}`;
async function post(body: string | Uint8Array) {
  const response = await fetch(url('/add-checkpoint'), { method: 'POST', body: Buffer.from(body) });
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
}

describe('add-checkpoint', () => {
  const log = new HistoryOf('main');
  const fork = new HistoryOf('other');

  it('cosigns what continues the log, and answers a line that verifies', async () => {
    for (const [old, size] of [
      [0, 3],
      [3, 3],
      [3, 8],
      [8, 300],
    ] as const) {
      const { status, text } = await post(await log.request(old, size));
      expect([old, size, status]).toEqual([old, size, 200]);
      const cosigned = await readCosigned(log.text(size), text, key, verifyEd25519);
      expect(cosigned).toEqual({ line: text, time: 1_770_000_000 });
    }
  });

  it('answers another old size with its own, as text/x.tlog.size', async () => {
    expect(await post(await log.request(3, 5))).toEqual({ status: 409, text: '0\n', type: 'text/x.tlog.size' });
    await post(await log.request(0, 4));
    for (const [old, size] of [
      [0, 9],
      [3, 9],
      [5, 9],
      [0, 2],
    ] as const)
      expect(await post(await log.request(old, size))).toMatchObject({ status: 409, text: '4\n' });
  });

  it.each([
    ['another history', async () => fork.request(4, 9)],
    ['the same size with another root', async () => fork.request(4, 4)],
    ['a proof where none belongs', async () => log.request(4, 4, { proof: log.proof(2, 4) })],
    ['a proof that is cut', async () => log.request(4, 9, { proof: log.proof(4, 9).slice(1) })],
    ['no proof', async () => log.request(4, 9, { proof: [] })],
  ])('refuses %s as unprocessable, and stays where it was', async (_, request) => {
    await post(await log.request(0, 4));
    expect((await post(await request())).status).toBe(422);
    expect((await post(await log.request(4, 9))).status).toBe(200);
  });

  it('refuses a proof at the beginning, and a wrong root of no leaves', async () => {
    expect((await post(await log.request(0, 4, { proof: log.proof(2, 4) }))).status).toBe(422);
    expect((await post(await log.request(0, 0, { root: new Uint8Array(32) }))).status).toBe(422);
    expect((await post(await log.request(0, 0))).status).toBe(200);
    expect((await post(await log.request(0, 4))).status).toBe(200);
  });

  it('tells malformed, unknown, unsigned and backwards apart, before it looks at what it has', async () => {
    const stranger = signerOf('log.example/audit', 77);
    expect((await post('old 0\n\n')).status).toBe(400);
    expect((await post(await log.request(5, 4, { proof: [] }))).status).toBe(400);
    expect((await post(await log.request(0, 4, { origin: 'log.example/audit/org_1' }))).status).toBe(404);
    expect((await post(await log.request(0, 4, { signers: [stranger] }))).status).toBe(403);
    const body = await log.request(0, 4);
    const damaged = body.replace(/([A-Za-z0-9])(.)(=*\n)$/, (_, a, b, end) => `${a === 'A' ? 'B' : 'A'}${b}${end}`);
    expect((await post(damaged)).status).toBe(403);
  });

  it('ignores signatures of strangers, and does not pass them on', async () => {
    const stranger = signerOf('stranger.example', 78);
    const signers = [stranger, log.signer];
    expect((await post(await log.request(0, 4, { signers }))).status).toBe(200);
    const note = await (await fetch(url(`/${hashOfOrigin(ORIGIN)}/checkpoint`))).text();
    expect(note.split('\n').filter((line) => line.startsWith('—'))).toEqual([
      expect.stringContaining('— log.example/audit '),
      expect.stringContaining('— witness.example/w1 '),
    ]);
  });

  it('takes requests that come together one after the other: none takes it back', async () => {
    await post(await log.request(0, 4));
    const bodies = await Promise.all([5, 6, 7, 8, 9, 10].map((size) => log.request(4, size)));
    const answers = await Promise.all(bodies.map(post));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const [size, ...others] = new Set(answers.filter(({ status }) => status === 409).map(({ text }) => text.trim()));
    expect(others).toEqual([]);
    expect((await post(await log.request(Number(size), 12))).status).toBe(200);
  });

  it('remembers after it was stopped, and never reads damage as a beginning', async () => {
    await post(await log.request(0, 6));
    await serve();
    expect(await post(await log.request(0, 7))).toMatchObject({ status: 409, text: '6\n' });
    const file = join(directory, 'logs', hashOfOrigin(ORIGIN));
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
    expect((await post(await log.request(0, 7))).status).toBe(500);
  });

  it('never cosigns two checkpoints of which the later does not continue the earlier, whatever is asked', async () => {
    const logs = { main: log, fork };
    const step = fc.record({
      which: fc.constantFrom('main' as const, 'fork' as const),
      old: fc.nat(12),
      size: fc.nat(12),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        directory = join(root, String(made++));
        await createWitnessKey(directory, 'witness.example/w1');
        const { Witness } = await import('./witness');
        const { openStore } = await import('./store');
        const witness = new Witness(
          await readWitnessKey(directory),
          watchedLogs([VKEY]),
          await openStore(directory),
          clock,
        );
        let last = { which: 'main', size: 0 };
        for (const { which, old, size } of steps) {
          const proof = old <= size ? undefined : [];
          const { status } = await witness.add(Buffer.from(await logs[which].request(old, size, { proof })));
          if (status !== 200) continue;
          expect([old, last.size]).toEqual([last.size, last.size]);
          expect(size).toBeGreaterThanOrEqual(last.size);
          if (last.size > 0) expect(which).toBe(last.which);
          last = { which, size };
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('the server', () => {
  const log = new HistoryOf('main');

  it('gives what it cosigned last to whoever asks by the hash of the origin', async () => {
    const path = `/${hashOfOrigin(ORIGIN)}/checkpoint`;
    expect((await fetch(url(path))).status).toBe(404);
    await post(await log.request(0, 3));
    expect(await (await fetch(url(path))).text()).toContain(log.text(3));
    expect((await fetch(url(`/${hashOfOrigin('log.example/else')}/checkpoint`))).status).toBe(404);
  });

  it('knows two paths and their methods', async () => {
    expect((await fetch(url('/'))).status).toBe(404);
    expect((await fetch(url('/add-checkpoint'))).status).toBe(405);
    expect((await fetch(url(`/${'..%2f'.repeat(12)}${'0'.repeat(4)}/checkpoint`))).status).toBe(404);
  });

  it('reads no longer body and no longer head than a request has', async () => {
    expect((await post('x'.repeat(200_000))).status).toBe(413);
    const chunks = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    });
    const endless = fetch(url('/add-checkpoint'), { method: 'POST', body: chunks, duplex: 'half' } as RequestInit);
    expect([413, 'closed']).toContain(
      await endless.then(
        ({ status }) => status,
        () => 'closed',
      ),
    );
    const head = await fetch(url('/add-checkpoint'), { headers: { 'x-long': 'x'.repeat(20_000) } });
    expect(head.status).toBe(431);
  });

  it('ends a request that never comes whole', async () => {
    const socket = connect(running!.port, '127.0.0.1');
    socket.write('POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 100\r\n\r\nold');
    const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    expect(await answer).toMatch(/^HTTP\/1.1 408/);
    socket.destroy();
  }, 15_000);

  it('lets one process work on a folder, and a next one when that is gone', async () => {
    const again = () => startWitness({ directory, vkeys: [VKEY], port: 0, log: silent, clock });
    await expect(again()).rejects.toThrow('another witness is running');
    await running!.stop();
    running = await again();
  });

  it('speaks TLS with a certificate', async () => {
    const files = await selfSigned(root);
    await running!.stop();
    const tls = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
    running = await startWitness({ directory, vkeys: [VKEY], port: 0, tls, log: silent, clock });
    const body = await log.request(0, 3);
    const status = await new Promise((resolve, reject) => {
      const asked = { method: 'POST', host: 'localhost', port: running!.port, path: '/add-checkpoint', ca: tls.cert };
      const sent = request(asked, (response) => resolve(response.resume().statusCode));
      sent.on('error', reject).end(body);
    });
    expect(status).toBe(200);
    await expect(fetch(url('/'))).rejects.toThrow();
  });

  it('has its key for itself', async () => {
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'witness.json')).mode & 0o777).toBe(0o600);
    await expect(createWitnessKey(directory, 'witness.example/w2')).rejects.toThrow('already');
    chmodSync(join(directory, 'witness.json'), 0o644);
    await expect(readWitnessKey(directory)).rejects.toThrow('open to others');
    await expect(createWitnessKey(join(root, 'bad'), 'two words')).rejects.toThrow('without spaces');
    expect(readdirSync(root)).not.toContain('bad');
  });
});

it('limits each address, and refills', () => {
  const rate = new RateLimit(2, 1);
  expect([0, 0, 0, 500, 1_000].map((now) => rate.take('a', now))).toEqual([true, true, false, false, true]);
  expect(rate.take('b', 1_000)).toBe(true);
});

it('watches the log of a vkey’s name and the operator log under it, and no other', () => {
  expect([...watchedLogs([VKEY]).keys()]).toEqual(['log.example/audit', 'log.example/audit/operator']);
  expect([...watchedLogs([`${VKEY} a log of two words`]).keys()]).toEqual(['a log of two words']);
  expect(() => watchedLogs([`${VKEY}\nx`])).toThrow('vkey');
  expect(() => watchedLogs([])).toThrow('at least one');
  expect(() => watchedLogs([formatVkey(key)])).toThrow('vkey');
});

it('writes policies that control and verifiers read', () => {
  const keys = [1, 2, 3].map((seed) => signerOf(`w${seed}.example/w`, 40 + seed, COSIGNATURE));
  const vkeys = keys.map((signer) => formatVkey(signer.key));
  const text = formatPolicy(
    vkeys.map((vkey, i) => ({ vkey, url: `https://w${i}.example/` })),
    2,
  );
  const policy = parsePolicy(primitives, text);
  if ('line' in policy) throw new Error(`line ${policy.line}`);
  expect(policy.endpoints.map(({ url }) => url)).toEqual([0, 1, 2].map((i) => `https://w${i}.example/`));
  const seen = (...places: number[]) =>
    isWitnessed(
      policy,
      places.map((place) => ({ key: keys[place]!.key })),
    );
  expect([seen(0), seen(0, 2)]).toEqual([false, true]);
  expect(() => formatPolicy([{ vkey: vkeys[0]!, url: null }], 2)).toThrow('quorum');
  expect(() =>
    formatPolicy(
      [0, 0].map((i) => ({ vkey: vkeys[i]!, url: null })),
      1,
    ),
  ).toThrow('twice');
  expect(() => formatPolicy([{ vkey: VKEY, url: null }], 1)).toThrow('not that of a witness');
});
