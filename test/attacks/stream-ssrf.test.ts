import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, BlockList, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseReceiver } from '@/lib/audit-stream/address';
import type { CreateStream } from '@/lib/audit-stream/schemas';
import { post } from '@/lib/audit-stream/send/http';
import type { NetworkRules } from '@/lib/audit-stream/send/network';
import { write } from '@/lib/audit-stream/send/syslog';
import { deliver } from '@/lib/audit-stream/worker/deliver';
import { openStreams, type Streams } from '@/lib/audit-stream/worker/store';
import { openWorld, type World } from '../contract/world';
import { type HttpReceiver, httpReceiver, syslogReceiver } from '../support/receivers';
import { selfSigned } from '../support/tls';
import { outcome } from './identity-world';

/**
 * The attack: an administrator of a customer, or whoever took over such an account, begins a stream whose receiver is not on the internet but
 * beside the console: PostgreSQL, the keyring's neighbours, a cloud's metadata service, a router. He wants the console to send something there,
 * or to learn from the answer what listens where. He writes the address in every spelling that a resolver understands; he gives a name of his own that
 * stands for an address inside, or for one outside while it is checked and for one inside when it is connected to; he lets an honest receiver
 * redirect; he puts the address past the form into the database; he answers with the certificate of somebody else. Nothing inside may be connected to.
 */
let world: World;
let streams: typeof import('@/lib/audit-stream');
let worker: Streams;
let folder: string;
let certificate: { cert: string; key: string };
/** What stands beside the console; it counts who knocks. */
let victim: { port: number; knocks: number; server: Server };
const never = new AbortController().signal;
const everyPort = () => true;
const outside: NetworkRules = { allowed: new BlockList(), ports: everyPort, timeoutMs: 2_000 };
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
const inHouse: NetworkRules = { ...outside, allowed: loopback };

beforeAll(async () => {
  world = await openWorld();
  process.env.CORDON_STREAM_PORTS = '1-65535';
  streams = await import('@/lib/audit-stream');
  worker = await openStreams(world.streamerUrl, { waiting: () => undefined, lost: () => undefined });
  await world.confirmed(world.owner, () => streams.createStream(world.owner, asked('https://siem.example.com/')));
  await world.sql('delete from "AuditStream"');
  await world.sequence();
  folder = mkdtempSync(join(tmpdir(), 'cordon-ssrf-'));
  const { cert, key } = await selfSigned(folder);
  certificate = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
});
afterAll(async () => {
  await worker?.close();
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  const server = createServer((socket) => {
    victim.knocks += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  victim = { port: (server.address() as AddressInfo).port, knocks: 0, server };
});
afterEach(async () => {
  await new Promise((resolve) => victim.server.close(resolve));
  await world.sql('delete from "AuditStream"');
});

function asked(address: string, kind: CreateStream['kind'] = 'http'): CreateStream {
  return { kind, address, ca: null, personal: false, from: 'start' };
}
const send = (address: string, rules: NetworkRules, ca: string | null = null) =>
  post(parseReceiver('http', address, ca)!, {}, '{}', rules, never);
/** A name server of the attacker's: an answer for each question, the last one for all that follow. */
const answering = (...answers: string[][]) => {
  let questions = 0;
  const resolve = async () => answers[Math.min(questions++, answers.length - 1)]!;
  return { resolve, questions: () => questions };
};

const SPELLINGS = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.0.0.1.',
  '0',
  '１２７.0.0.1',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[64:ff9b::7f00:1]',
  '169.254.169.254',
  '[fe80::1]',
  '[fd00:ec2::254]',
];

describe('an address inside, in every spelling', () => {
  it.each(SPELLINGS)('%s is refused by the form, and by the sender', async (spelling) => {
    const address = `https://${spelling}:${victim.port}/`;
    expect(await outcome(streams.createStream(world.owner, asked(address)))).toBe('stream.address');
    expect(await outcome(streams.createStream(world.owner, asked(`${spelling}:${victim.port}`, 'syslog')))).toBe(
      'stream.address',
    );
    const receiver = parseReceiver('http', address);
    if (receiver) expect((await post(receiver, {}, '{}', outside, never)).code).toMatch(/^(?:address|unresolved)$/);
    expect(victim.knocks).toBe(0);
  });

  it('without TLS is refused as well, also where the provider allows loopback and the name leads elsewhere', async () => {
    expect(await outcome(streams.createStream(world.owner, asked(`http://127.0.0.1:${victim.port}/`)))).toBe(
      'stream.address',
    );
    expect((await send(`http://127.0.0.1:${victim.port}/`, outside)).code).toBe('address');
    const { resolve } = answering(['93.184.215.14']);
    expect((await send('http://siem.example.com/', { ...inHouse, resolve })).code).toBe('address');
    expect(victim.knocks).toBe(0);
  });

  it('put past the form into the database is refused when it is sent to', async () => {
    const { id } = await world.confirmed(world.owner, () =>
      streams.createStream(world.owner, asked('https://siem.example.com/')),
    );
    for (const address of [
      `https://127.0.0.1:${victim.port}/`,
      `https://localhost:${victim.port}/`,
      `http://127.0.0.1:${victim.port}/`,
    ]) {
      await world.sql('update "AuditStream" set "address" = $1', [address]);
      await deliver({ streams: worker, rules: outside, stop: never, random: () => 0 }, id);
      expect((await streams.describeStream(world.owner, id)).stream.last).toMatchObject({
        code: 'address',
        status: null,
      });
      await world.sql('update "AuditStream" set "testedAt" = null');
      expect(await streams.testStream(world.owner, id)).toMatchObject({ code: 'address', status: null });
    }
    expect(victim.knocks).toBe(0);
  });
});

describe('a name of the attacker’s', () => {
  it.each([
    ['that stands for loopback', ['127.0.0.1']],
    ['that stands for loopback in IPv6', ['::1']],
    ['that stands for the metadata of a cloud', ['169.254.169.254']],
    ['that stands for an address outside and one inside', ['93.184.215.14', '127.0.0.1']],
    ['that stands for IPv4 in the clothes of IPv6', ['::ffff:127.0.0.1']],
    ['that stands for an address with a zone', ['fe80::1%lo']],
    ['that stands for something that is no address', ['localhost']],
  ])('%s is not connected to', async (_, addresses) => {
    const rules = { ...outside, resolve: answering(addresses).resolve };
    const url = `https://siem.example.com:${victim.port}/`;
    expect((await send(url, rules)).code).toBe('address');
    const syslog = parseReceiver('syslog', `siem.example.com:${victim.port}`)!;
    expect((await write(syslog, '1 x', rules, never)).code).toBe('address');
    expect(victim.knocks).toBe(0);
  });

  it('that changes its mind between the check and the connection is asked once only', async () => {
    const receiver = await httpReceiver(certificate);
    const names = answering(['127.0.0.2'], ['127.0.0.1']);
    // 127.0.0.2 is allowed here, and nothing listens there; the second answer would be the victim.
    const only = new BlockList();
    only.addAddress('127.0.0.2', 'ipv4');
    const rules = { ...outside, allowed: only, resolve: names.resolve };
    const answer = await send(`https://localhost:${receiver.port}/`, rules, certificate.cert);
    expect([answer.code, names.questions(), receiver.received.length]).toEqual(['connection_refused', 1, 0]);
    await receiver.stop();
  });

  it('that nobody answers for is no address, and one that takes for ever is not waited for', async () => {
    expect((await send('https://nobody.invalid/', outside)).code).toBe('unresolved');
    const slow = { ...outside, timeoutMs: 200, resolve: () => new Promise<never>(() => undefined) };
    expect((await send('https://siem.example.com/', slow)).code).toBe('timeout');
  });
});

describe('an honest address', () => {
  let receiver: HttpReceiver;
  beforeEach(async () => {
    receiver = await httpReceiver(certificate);
  });
  afterEach(() => receiver.stop());
  const named = () => ({ ...inHouse, resolve: answering(['127.0.0.1']).resolve });

  it('is reached under its name, by the address that was checked', async () => {
    const answer = await send(`https://localhost:${receiver.port}/in`, named(), certificate.cert);
    expect([answer.code, receiver.received[0]?.headers.host]).toEqual(['delivered', `localhost:${receiver.port}`]);
  });

  it('that redirects inside is not followed, and nothing of its answer is repeated', async () => {
    receiver.behave = (_, response) =>
      response
        .writeHead(302, { location: `http://127.0.0.1:${victim.port}/latest/meta-data/`, 'x-secret': 'inside' })
        .end('inside');
    const answer = await send(`https://localhost:${receiver.port}/`, named(), certificate.cert);
    expect(answer).toEqual({ code: 'redirect', status: 302, retryAfterSeconds: null });
    expect(victim.knocks).toBe(0);
  });

  it('whose certificate is nobody’s, or of another name, gets no event, whatever the environment says', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect((await send(`https://localhost:${receiver.port}/`, named())).code).toBe('certificate');
      const other = { ...inHouse, resolve: answering(['127.0.0.1']).resolve };
      expect((await send(`https://other.example.com:${receiver.port}/`, other, certificate.cert)).code).toBe(
        'certificate',
      );
      expect((await send(`https://127.0.0.1:${receiver.port}/`, inHouse, certificate.cert)).code).toBe('certificate');
      const syslog = await syslogReceiver(certificate);
      const to = parseReceiver('syslog', `localhost:${syslog.port}`)!;
      expect((await write(to, '1 x', named(), never)).code).toBe('certificate');
      await syslog.stop();
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(receiver.received).toEqual([]);
  });

  it('at a port that the provider does not allow is not knocked at', async () => {
    const rules = { ...named(), ports: (port: number) => port === 443 };
    expect((await send(`https://localhost:${victim.port}/`, rules)).code).toBe('port');
    expect(victim.knocks).toBe(0);
  });

  it('writes no second request into the first', async () => {
    const path = '/in?a=1%0d%0aHost: inside\r\nX-Extra: 1\r\n\r\nGET /x HTTP/1.1';
    await send(`https://localhost:${receiver.port}${path}`, named(), certificate.cert);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]!.headers).not.toHaveProperty('x-extra');
  });
});
