import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { decodeFrame, encodeFrame } from '@/lib/kernel/bundle/frames';
import { issue } from '@/lib/keyring/authority';
import { openTestKeyring, type TestKeyring } from '@/lib/keyring/test-support';
import { createLog, newId } from '@/lib/platform';
import { certificateRequest } from '@/lib/uplink';
import { CONTROL_SILENT, type ControlDelivery, type DeliveryOptions, openDelivery } from './delivery';
import type { GatewayEvent } from './events';
import { recordingPath } from './recorder';

/** What control does with a gateway, as far as the gateway can see it: it may forget to answer. */
class Control {
  readonly records: Record<string, unknown>[] = [];
  readonly hellos: Record<string, unknown>[] = [];
  /** Said to whoever connects. */
  greeting: Record<string, unknown>[] = [];
  acknowledges = true;
  enrolled: string[] = [];
  #server!: Server;
  #sockets!: WebSocketServer;
  #look: () => void = () => undefined;

  constructor(private readonly keyring: TestKeyring) {}

  async start(port = 0): Promise<void> {
    const { authority } = this.keyring.context;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const csr = certificateRequest('control', key, publicKey.export({ type: 'spki', format: 'der' }));
    const identity = 'spiffe://cordon/control';
    const ask = { commonName: 'control', identity, hosts: ['127.0.0.1'], client: false };
    const { certificate } = await issue(authority, csr, ask as never, new Date());
    this.#server = createServer(
      {
        key,
        cert: `${certificate}\n${authority.certificate}`,
        ca: authority.certificate,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.on('end', async () => {
          const body = JSON.parse(Buffer.concat(chunks).toString());
          if (request.url !== '/access-enroll' || body.token !== 'join-token') {
            response.writeHead(403).end('{"code":"enroll.refused"}');
            return;
          }
          this.enrolled.push(body.token);
          const to = { commonName: 'gw', identity: 'spiffe://cordon/gateway/gw-1', hosts: [], client: true };
          response.end(JSON.stringify(await issue(authority, body.csr, to as never, new Date())));
        });
      },
    );
    this.#sockets = new WebSocketServer({ noServer: true });
    this.#server.on('upgrade', (request, socket, head) => {
      const peer = (socket as never as { getPeerCertificate(): { subjectaltname?: string } }).getPeerCertificate();
      if (this.#frozen || request.url !== '/access-sync' || peer.subjectaltname !== 'URI:spiffe://cordon/gateway/gw-1')
        return void socket.destroy();
      this.#sockets.handleUpgrade(request, socket, head, (web) =>
        web.on('message', (data: Buffer) => this.#take(web, data)),
      );
    });
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const web of this.#sockets.clients) web.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #frozen = false;
  /** Answers nothing any more, as a machine does that lost its network. */
  freeze(): void {
    this.#frozen = true;
    for (const web of this.#sockets.clients) web.pause();
  }

  async has(count: number): Promise<Record<string, unknown>[]> {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.records.length} of ${count} records`)), 10_000);
      this.#look = () => {
        if (this.records.length < count) return;
        clearTimeout(late);
        resolve();
      };
      this.#look();
    });
    return this.records;
  }

  #take(web: WebSocket, data: Buffer): void {
    const decoded = decodeFrame(data, 1024 * 1024);
    if (!decoded.ok) throw new Error(decoded.error);
    const { header, payload } = decoded.frame;
    if (header.type === 'Hello') {
      this.hellos.push(header);
      for (const said of this.greeting) web.send(encodeFrame(said as never));
      return;
    }
    const lines = Buffer.from(payload).toString().trimEnd().split('\n');
    expect(lines).toHaveLength(Number(header.last) - Number(header.first) + 1);
    this.records.push(...lines.map((line) => JSON.parse(line)));
    if (this.acknowledges) web.send(encodeFrame({ type: 'Ack', boot: header.boot, upTo: header.last } as never));
    this.#look();
  }
}

let keyring: TestKeyring;
let control: Control;
let home: string;
const open: ControlDelivery[] = [];
beforeAll(async () => {
  keyring = await openTestKeyring();
});
afterAll(() => keyring.close());
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'cordon-delivery-'));
  control = new Control(keyring);
  await control.start();
});
afterEach(async () => {
  for (const delivery of open.splice(0)) await delivery.stop();
  await control.stop();
  rmSync(home, { recursive: true });
});

async function deliver(over: Partial<DeliveryOptions> = {}): Promise<ControlDelivery> {
  const authority = new X509Certificate(keyring.context.authority.certificate).raw;
  const delivery = await openDelivery({
    ...{ name: 'gw-1', home, controlUrl: `https://127.0.0.1:${control.port}`, joinToken: 'join-token' },
    controlFingerprint: createHash('sha256').update(authority).digest('hex'),
    log: createLog('gateway', ['dropped', 'detail'], () => undefined),
    ...over,
  });
  open.push(delivery);
  return delivery;
}
const end = (session: string): GatewayEvent => ({ kind: 'session.ended', at: 1, session, why: 'exit', exit: 0 });
const head = (session: string, bytes: number, final: boolean): GatewayEvent => ({
  ...{ kind: 'session.head', session, bytes },
  head: { session, lines: 1, root: 'A'.repeat(43), time: 0, final },
});
const connected = (delivery: ControlDelivery) =>
  expect.poll(() => delivery.status().connected, { timeout: 30_000, interval: 20 }).toBe(true);

describe('what goes to control', () => {
  it('is numbered, goes in its order, and leaves the disk once it is committed', async () => {
    const delivery = await deliver();
    for (let i = 0; i < 40; i++) delivery.deliver(end(`s${i}`));
    const records = await control.has(40);
    expect(records.map(({ n, session }) => [n, session])).toEqual(
      Array.from({ length: 40 }, (_, i) => [i + 1, `s${i}`]),
    );
    await expect.poll(() => delivery.status().waiting).toBe(0);
    expect(control.hellos[0]).toMatchObject({ role: 'gateway', name: 'gw-1' });
    expect(control.enrolled).toEqual(['join-token']);
  });

  it('waits while control is away, survives the process, and comes again until it is acknowledged', async () => {
    control.acknowledges = false;
    const first = await deliver();
    first.deliver(end('a'));
    await control.has(1);
    await open.pop()!.stop();
    control.acknowledges = true;
    const second = await deliver({ joinToken: null });
    second.deliver(end('b'));
    const records = await control.has(3);
    expect(records.map(({ session }) => session)).toEqual(['a', 'a', 'b']);
  });

  it('brings recordings by the piece and removes the file with the last', async () => {
    const session = newId('ssn');
    const delivery = await deliver();
    await connected(delivery);
    const path = recordingPath(join(home, 'recordings'), session);
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
    writeFileSync(path, content.subarray(0, 40_000));
    delivery.deliver(head(session, 40_000, false));
    appendFileSync(path, content.subarray(40_000));
    delivery.deliver(head(session, 100_000, true));
    const pieces = (await control.has(6)).filter(({ kind }) => kind === 'recording');
    expect(pieces.map(({ from, to, final }) => [from, to, final])).toEqual([
      [0, 32_768, false],
      [32_768, 40_000, false],
      [40_000, 72_768, false],
      [72_768, 100_000, true],
    ]);
    expect(Buffer.concat(pieces.map(({ data }) => Buffer.from(String(data), 'base64'))).equals(content)).toBe(true);
    await expect.poll(() => existsSync(path)).toBe(false);
  });

  it('tells of a session that the gateway itself broke off', async () => {
    const session = newId('ssn');
    mkdirSync(join(home, 'recordings'), { recursive: true });
    writeFileSync(recordingPath(join(home, 'recordings'), session), 'torn');
    await deliver();
    const records = await control.has(2);
    expect(records).toMatchObject([
      { kind: 'session.ended', session, why: 'broken' },
      { kind: 'recording', session, from: 0, to: 4, final: true, data: Buffer.from('torn').toString('base64') },
    ]);
  });

  it('is bounded, and a gap is an event of its own', async () => {
    control.acknowledges = false;
    const delivery = await deliver({ spool: { maxBytes: 1500 } });
    for (let i = 0; i < 40; i++) delivery.deliver(end(`s${i}`));
    const { dropped } = delivery.status();
    expect(dropped).toBeGreaterThan(10);
    expect(() => delivery.check()).toThrow();
    control.acknowledges = true;
    await control.stop();
    await control.start();
    // Another port: as after a move.
    await open.pop()!.stop();
    const again = await deliver({ spool: { maxBytes: 1500 } });
    const before = control.records.length;
    await expect.poll(() => again.status().waiting, { timeout: 30_000 }).toBe(0);
    expect(control.records.length).toBeGreaterThan(before);
  });

  it('says how many were lost once there is room', async () => {
    const delivery = await deliver({ spool: { maxBytes: 1500 } });
    for (let i = 0; i < 40; i++) delivery.deliver(end(`s${i}`));
    await expect.poll(() => delivery.status().waiting, { timeout: 30_000 }).toBe(0);
    const arrived = control.records.length;
    delivery.deliver(end('later'));
    await expect.poll(() => control.records.at(-1)?.session, { timeout: 30_000 }).toBe('later');
    expect(control.records.at(-2)).toMatchObject({ kind: 'gap', dropped: 40 - arrived });
  });
});

it('hears which sessions are watched, and of nothing else control may say', async () => {
  control.greeting = [
    { type: 'Watched', sessions: 'ssn_1' },
    { type: 'Watched', sessions: Array(201).fill('ssn_1') },
    { type: 'SomethingNew' },
    { type: 'Watched', sessions: ['ssn_1', 7, 'ssn_2'] },
  ];
  const heard: string[][] = [];
  await deliver({ onWatched: (sessions) => void heard.push([...sessions]) });
  await expect.poll(() => heard, { timeout: 30_000, interval: 20 }).toEqual([['ssn_1', 'ssn_2']]);
});

describe('no session begins', () => {
  it('before control was reached, and once it is silent', async () => {
    const delivery = await deliver();
    expect(() => delivery.check()).toThrow('nothing can be recorded');
    await connected(delivery);
    await expect.poll(() => attempt(delivery)).toBe(null);
    control.freeze();
    const since = Date.now();
    await expect.poll(() => attempt(delivery), { timeout: 30_000, interval: 100 }).toContain('nothing can be recorded');
    expect(Date.now() - since).toBeGreaterThan(CONTROL_SILENT - 1500);
    expect(Date.now() - since).toBeLessThan(CONTROL_SILENT + 1500);
  });

  it('when the disk takes nothing more', async () => {
    const delivery = await deliver({ recordingBytes: 3 });
    await connected(delivery);
    writeFileSync(recordingPath(join(home, 'recordings'), newId('ssn')), 'four');
    expect(() => delivery.check()).toThrow('nothing can be recorded');
  });
});

it('takes no certificate of another name, nor another authority', async () => {
  const lines: string[] = [];
  const log = createLog('gateway', ['dropped', 'detail'], (line) => void lines.push(line));
  await deliver({ name: 'gw-2', log });
  await expect.poll(() => lines.join(''), { timeout: 5000 }).toContain('certificate of another name');
  await deliver({ home: join(home, 'b'), controlFingerprint: '0'.repeat(64), log });
  await expect.poll(() => lines.join(''), { timeout: 5000 }).toContain('control.fingerprint');
  expect(existsSync(join(home, 'identity.json'))).toBe(false);
});

it('keeps its identity to itself', async () => {
  const delivery = await deliver();
  await connected(delivery);
  expect(JSON.parse(readFileSync(join(home, 'identity.json'), 'utf8')).name).toBe('gw-1');
});

function attempt(delivery: ControlDelivery): string | null {
  try {
    delivery.check();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
