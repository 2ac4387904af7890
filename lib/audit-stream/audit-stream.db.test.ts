import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { append } from '@/lib/audit';
import { host } from '@/lib/cli/audit-verify-source';
import { openCheckpoint, parseVkey } from '@/lib/kernel/log';
import { newUuid } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { outcome } from '@/test/attacks/identity-world';
import { type MemberCaller, openWorld, type World } from '@/test/contract/world';
import {
  type HttpReceiver,
  httpReceiver,
  type Received,
  status,
  syslogReceiver,
  verifyWebhook,
} from '@/test/support/receivers';
import { selfSigned } from '@/test/support/tls';
import { query } from '@/test/support/world';
import type { CreateStream } from './schemas';
import { deliver, type Tools } from './worker/deliver';
import { REFUSALS } from './worker/rules';
import { openStreams, type Streams } from './worker/store';

let world: World;
let streams: typeof import('.');
let db: typeof import('@/lib/db');
let projects: typeof import('@/lib/projects');
let receiver: HttpReceiver;
let worker: Streams;
let tools: Tools;
let projectId: string;
let vkeys: string[];

beforeAll(async () => {
  world = await openWorld();
  process.env.CORDON_STREAM_NETWORKS = '127.0.0.0/8 ::1/128';
  process.env.CORDON_STREAM_PORTS = '1-65535';
  streams = await import('.');
  db = await import('@/lib/db');
  projects = await import('@/lib/projects');
  const { networkRules } = await import('./config');
  worker = await openStreams(world.streamerUrl, { waiting: () => undefined, lost: () => undefined });
  tools = { streams: worker, rules: networkRules(), stop: new AbortController().signal, random: () => 0 };
  const fence = ['EU'] as 'EU'[];
  projectId = (await projects.createProject(world.owner, { name: 'Ours', environment: 'development', fence })).project
    .id;
  await projects.createProject(world.stranger, { name: 'Theirs', environment: 'development', fence });
  await happen(5);
  ({ vkeys } = await (await import('@/lib/transparency')).operatorLog());
});
afterAll(async () => {
  await worker?.close();
  await world?.stop();
});
beforeEach(async () => {
  receiver = await httpReceiver();
});
afterEach(async () => {
  await receiver.stop();
  await world.sql('delete from "AuditStream"');
});

/** So many events, signed unless told otherwise. */
async function happen(count: number, sequence = true): Promise<void> {
  for (let i = 0; i < count; i++)
    await projects.renameProject(world.owner, projectId, { name: `Ours ${Math.random()}` });
  if (sequence) await world.sequence();
}

const asked = (over: Partial<CreateStream> = {}): CreateStream => ({
  kind: 'http',
  address: receiver.url,
  ca: null,
  personal: false,
  from: 'start',
  ...over,
});
const create = (over: Partial<CreateStream> = {}, who: MemberCaller = world.owner) =>
  world.confirmed(who, () => streams.createStream(who, asked(over)));
const send = (id: string) => deliver(tools, id);
/** Until nothing is left to send. */
async function drain(id: string): Promise<void> {
  while (await send(id));
}
const shown = async (id: string) => (await streams.describeStream(world.owner, id)).stream;
const sizeOf = async (log = world.owner.organisationId) =>
  Number(
    (await world.sql<{ s: string }>('select max("size") as s from "LogCheckpoint" where "log" = $1', [log]))[0]!.s,
  );
const placesOf = (requests: readonly Received[]): number[] =>
  requests.flatMap(({ json }) => json.events.map(({ index }: { index: number }) => index));
const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, i) => from + i);
const eventsOf = async (id: string) =>
  (
    await world.sql<{ header: string }>(
      `select convert_from("header", 'UTF8') as header from "AuditEvent" where "objectId" = $1 order by "at", "id"`,
      [id],
    )
  ).map(({ header }) => JSON.parse(header) as { schema: string; actorKind: string; details: Record<string, unknown> });
const past = (table: string, sql: string) =>
  world.sql(`alter table "${table}" disable trigger user; ${sql}; alter table "${table}" enable trigger user`);

describe('a stream of webhooks', () => {
  it('carries the whole log in order, signed, each batch with the checkpoint that covers it', async () => {
    const { id, secret } = await create();
    await world.sequence();
    await drain(id);
    const size = await sizeOf();
    expect(placesOf(receiver.received)).toEqual(upTo(size));
    const origin = `localhost:3000/audit/${world.owner.organisationId}`;
    const keys = vkeys.map((vkey) => parseVkey(primitives, vkey)!);
    for (const request of receiver.received) {
      const { json, headers } = request;
      expect(verifyWebhook(secret!, request)).toEqual(json);
      expect(headers['webhook-id']).toBe(`${world.owner.organisationId}-${json.first}`);
      expect(json).toMatchObject({ type: 'audit.events', log: world.owner.organisationId });
      const opened = await openCheckpoint(primitives, json.checkpoint, { origin, keys }, host.verifyEd25519);
      expect(opened.ok && opened.checkpoint.size).toBeGreaterThanOrEqual(json.end);
    }
    expect(await shown(id)).toMatchObject({
      next: size,
      lagEvents: 0,
      lagSeconds: null,
      failing: null,
      deadLetters: 0,
    });
  });

  it('carries no personal value unless that was agreed to', async () => {
    const quiet = await create();
    await drain(quiet.id);
    const text = JSON.stringify(receiver.received.map(({ json }) => json));
    expect(text).toContain('project.renamed@1');
    expect(text).not.toContain('Ours');
    expect(text).not.toContain(world.owner.userId);
    const renamed = receiver.received[0]!.json.events.find(
      ({ schema }: { schema: string }) => schema === 'project.renamed@1',
    );
    expect(renamed).toMatchObject({
      state: 'intact',
      personal: {},
      closed: { after: 'withheld', 'actor.id': 'withheld' },
    });

    receiver.received.length = 0;
    const open = await create({ personal: true });
    await drain(open.id);
    expect(JSON.stringify(receiver.received.map(({ json }) => json))).toContain('Ours');
    expect(JSON.stringify(receiver.received.map(({ json }) => json))).not.toContain('Theirs');
  });

  it('begins where the log stands, when that was asked for', async () => {
    const size = await sizeOf();
    const { id } = await create({ from: 'now' });
    expect(await send(id)).toBe(false);
    await happen(2);
    await drain(id);
    expect(placesOf(receiver.received)).toEqual(upTo(await sizeOf(), size));
  });

  it('holds at most a hundred events a batch, and at most 256 KiB', async () => {
    await happen(60, false);
    await db.asMember(world.owner.secret, world.owner.organisationId, async (tx) => {
      for (const _ of upTo(60))
        await append(tx, {
          schema: 'project.token_policy_changed@1',
          outcome: 'success',
          actor: { kind: 'member', id: world.owner.userId },
          organisationId: world.owner.organisationId,
          object: { type: 'project', id: projectId },
          fields: { before: { long: 'x'.repeat(10_000) }, after: {}, seq: 1 },
        });
    });
    await world.sequence();
    const { id } = await create();
    await drain(id);
    expect(placesOf(receiver.received)).toEqual(upTo(await sizeOf()));
    for (const { json, body } of receiver.received) {
      expect(json.events.length).toBeLessThanOrEqual(100);
      expect(body.length).toBeLessThan(257 * 1024);
    }
    expect(Math.max(...receiver.received.map(({ body }) => body.length))).toBeGreaterThan(240 * 1024);
  });

  it('sends nothing that has no place in the log yet, and loses nothing of it', async () => {
    const { id } = await create();
    await drain(id);
    const before = await sizeOf();
    const sent = receiver.received.length;
    await happen(3, false);
    expect(await send(id)).toBe(false);
    await world.sequence({ sign: false });
    expect(await send(id)).toBe(false);
    expect(receiver.received).toHaveLength(sent);
    await world.sequence();
    await drain(id);
    expect(placesOf(receiver.received.slice(sent))).toEqual(upTo(await sizeOf(), before));
  });
});

describe('a receiver', () => {
  it('that is gone for a while gets everything afterwards, in order', async () => {
    const { id } = await create();
    await world.sequence();
    const { port } = receiver;
    await receiver.stop();
    expect([await send(id), await send(id)]).toEqual([true, true]);
    expect(await shown(id)).toMatchObject({
      next: 0,
      failing: { count: 2 },
      last: { code: 'connection_refused', status: null },
    });
    receiver = await httpReceiver();
    await world.sql('update "AuditStream" set "address" = replace("address", $1, $2)', [
      `:${port}/`,
      `:${receiver.port}/`,
    ]);
    await drain(id);
    expect(placesOf(receiver.received)).toEqual(upTo(await sizeOf()));
    expect((await shown(id)).failing).toBeNull();
  });

  it('gets the same batch under the same name when we die before we know, whatever happened meanwhile', async () => {
    const { id } = await create();
    await world.sequence();
    const dying = { ...worker, end: () => Promise.reject(new Error('killed')) };
    await expect(deliver({ ...tools, streams: dying }, id)).rejects.toThrow('killed');
    await happen(3);
    await drain(id);
    const [first, again] = receiver.received;
    expect(again!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(again!.body).toBe(first!.body);
    const places = placesOf(receiver.received.slice(1));
    expect(places).toEqual(upTo(await sizeOf()));
  });

  it('that cuts the connection, answers nothing in time, or redirects, has taken nothing', async () => {
    const { id } = await create();
    const tries: [HttpReceiver['behave'], string, number | null][] = [
      [(_, __, raw) => raw.socket.destroy(), 'connection_reset', null],
      [() => undefined, 'timeout', null],
      [(_, response) => response.writeHead(307, { location: receiver.url }).end(), 'redirect', 307],
      [(_, __, raw) => raw.socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'protocol', null],
      [(_, __, raw) => raw.socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`), 'protocol', null],
      [status(500), 'answer', 500],
    ];
    for (const [behave, code, answered] of tries) {
      receiver.behave = behave;
      await deliver({ ...tools, rules: { ...tools.rules, timeoutMs: 400 } }, id);
      expect((await shown(id)).last, code).toMatchObject({ code, status: answered });
    }
    expect((await shown(id)).next).toBe(0);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    receiver.behave = null;
    await drain(id);
    expect((await shown(id)).failing).toBeNull();
  });

  it('that says yes and never stops talking has said yes', async () => {
    const { id } = await create();
    receiver.behave = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const talk = setInterval(() => response.write('and another thing '.repeat(1000)), 5);
      response.once('close', () => clearInterval(talk));
    };
    const begun = Date.now();
    await send(id);
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect((await shown(id)).last).toMatchObject({ code: 'delivered', status: 200 });
  });

  it('that asks for time gets it, and one that fails is left alone for a while', async () => {
    const { id } = await create();
    const waits = async () => {
      const [row] = await world.sql<{ wait: number }>(
        'select extract(epoch from "nextTryAt" - clock_timestamp())::float as wait from "AuditStream" where "id" = $1',
        [id],
      );
      return row!.wait;
    };
    receiver.behave = status(429, { 'retry-after': '120' });
    await send(id);
    expect(await waits()).toBeGreaterThan(110);
    expect(await waits()).toBeLessThanOrEqual(120);
    receiver.behave = status(503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    await send(id);
    expect(await waits()).toBeGreaterThan(50);
    expect(await worker.due()).not.toContain(id);
    receiver.behave = status(503);
    await send(id);
    expect(await waits()).toBeGreaterThan(15);
    expect((await eventsOf(id)).map(({ schema }) => schema)).toEqual(['stream.created@1', 'stream.failing@1']);
    receiver.behave = null;
    await send(id);
    const events = await eventsOf(id);
    expect(events.at(-1)).toMatchObject({ schema: 'stream.recovered@1', actorKind: 'system' });
    expect(events[1]!.details).toMatchObject({
      host: `127.0.0.1:${receiver.port}`,
      code: 'answer',
      status: 503,
      next: 0,
    });
  });

  it('that answers 410 gets nothing more until somebody resumes the stream', async () => {
    const { id } = await create();
    receiver.behave = status(410);
    await send(id);
    expect(await shown(id)).toMatchObject({ state: 'paused', stopped: expect.stringContaining('410'), next: 0 });
    expect(await send(id)).toBe(false);
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      schema: 'stream.stopped@1',
      details: { code: 'gone', status: 410 },
    });
    receiver.behave = null;
    await streams.resumeStream(world.owner, id);
    await drain(id);
    expect(placesOf(receiver.received.slice(1))).toEqual(upTo(await sizeOf()));
  });

  it('that took nothing for ten days gets nothing more', async () => {
    const { id } = await create();
    receiver.behave = status(500);
    await send(id);
    await world.sql(`update "AuditStream" set "failingSince" = now() - interval '241 hours'`);
    await send(id);
    expect(await shown(id)).toMatchObject({ state: 'paused', stopped: expect.stringContaining('ten days') });
  });

  it('that refuses a batch again and again gets the next one; the refused one is a dead letter and can be sent again', async () => {
    const { id } = await create();
    await world.sequence();
    await world.sql('update "AuditStream" set "batchEnd" = 3, "batchSize" = $1', [await sizeOf()]);
    receiver.behave = ({ json }, response) => response.writeHead(json.first === 0 ? 422 : 204).end();
    for (const _ of upTo(REFUSALS - 1)) await send(id);
    expect((await shown(id)).deadLetters).toBe(0);
    await send(id);
    const letter = { first: 0, end: 3, status: 422, code: 'answer', state: 'open' };
    expect((await streams.describeStream(world.owner, id)).letters).toMatchObject([letter]);
    await drain(id);
    expect(placesOf(receiver.received.slice(REFUSALS))).toEqual(upTo(await sizeOf(), 3));
    expect((await eventsOf(id)).map(({ schema }) => schema)).toEqual([
      'stream.created@1',
      'stream.failing@1',
      'stream.dead_letter@1',
      'stream.recovered@1',
    ]);

    expect(await streams.sendAgain(world.owner, id, 0)).toBe(1);
    await send(id);
    expect((await streams.describeStream(world.owner, id)).letters).toMatchObject([letter]);
    receiver.behave = null;
    expect(await streams.sendAgain(world.owner, id, null)).toBe(1);
    await send(id);
    expect((await streams.describeStream(world.owner, id)).letters).toMatchObject([
      { first: 0, end: 3, state: 'sent' },
    ]);
    expect(receiver.received.at(-1)!.headers['webhook-id']).toBe(`${world.owner.organisationId}-0`);
    expect(placesOf(receiver.received.slice(-1))).toEqual([0, 1, 2]);
    expect((await shown(id)).deadLetters).toBe(0);
    expect(await outcome(streams.sendAgain(world.owner, id, null))).toBe('stream.nothing_to_send');
  });
});

describe('a stream of syslog', () => {
  it('carries the whole log in order, again what was cut on its way', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cordon-stream-'));
    const { cert, key } = await selfSigned(folder);
    const certificate = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    const syslog = await syslogReceiver(certificate);
    const address = `localhost:${syslog.port}`;
    const { id, secret } = await create({ kind: 'syslog', address, ca: certificate.cert });
    expect(secret).toBeNull();
    syslog.behave = (socket) => socket.destroy();
    await send(id);
    expect(await shown(id)).toMatchObject({ next: 0, last: { code: 'connection_reset' } });
    syslog.behave = null;
    syslog.messages.length = 0;
    await drain(id);
    const events = syslog.messages.filter(({ data }) => data.index !== undefined);
    expect(events.map(({ data }) => Number(data.index))).toEqual(upTo(await sizeOf()));
    expect(events.every(({ json, data, id: kind }) => json.schema === kind && data.log === json.organisationId)).toBe(
      true,
    );
    expect(syslog.messages[0]).toMatchObject({ id: 'checkpoint', host: 'localhost:3000', data: { first: '0' } });
    expect(JSON.stringify(events)).not.toContain(world.owner.userId);
    expect((await shown(id)).last).toMatchObject({ code: 'written', status: null });
    expect(await streams.testStream(world.owner, id)).toMatchObject({ code: 'written' });
    expect(syslog.messages.at(-1)).toMatchObject({ id: 'test', json: { type: 'audit.test' } });
    expect(await outcome(streams.rotateSecret(world.owner, id))).toBe('stream.no_secret');
    await syslog.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('an event that somebody changed or removed', () => {
  it('is in its batch as such, is said in the log, and holds nothing up', async () => {
    const ours = world.owner.organisationId;
    const rows = await world.sql<{ id: string; index: string; header: Buffer }>(
      `select e."id", l."index", e."header" from "AuditEvent" e join "LogLeaf" l on l."eventId" = e."id"
        where e."organisationId" = $1 and e."schema" = 'project.renamed@1' order by l."index" limit 2`,
      [ours],
    );
    const [altered, removed] = rows.map(({ index }) => Number(index)) as [number, number];
    const put = (header: Buffer) =>
      past(
        'AuditEvent',
        `update "AuditEvent" set "header" = '\\x${header.toString('hex')}' where "id" = '${rows[0]!.id}'`,
      );
    await put(Buffer.from(rows[0]!.header.toString().replace('"success"', '"refused"')));
    const gone = newUuid();
    await past('AuditEvent', `update "AuditEvent" set "id" = '${gone}' where "id" = '${rows[1]!.id}'`);
    const { id } = await create();
    await drain(id);
    const events = receiver.received.flatMap(({ json }) => json.events as { index: number; state: string }[]);
    expect(events.map(({ index }) => index)).toEqual(upTo(await sizeOf()));
    expect(events.filter(({ state }) => state !== 'intact')).toMatchObject([
      { index: altered, state: 'altered' },
      { index: removed, state: 'missing' },
    ]);
    expect(events[removed]).toEqual({ index: removed, state: 'missing' });
    expect((await eventsOf(id)).filter(({ schema }) => schema === 'stream.gap@1')).toMatchObject([
      { details: { broken: 2 } },
    ]);
    await put(rows[0]!.header);
    // A whole event in the place of another: whoever writes into the database can make it fit itself, and not the log.
    const copy = (from: string) =>
      past(
        'AuditEvent',
        `update "AuditEvent" e set "header" = x."header", "commitments" = x."commitments", "seed" = x."seed", "entry" = x."entry"
           from (${from}) x where e."id" = '${rows[0]!.id}'`,
      );
    await world.sql(`create table kept as select * from "AuditEvent" where "id" = '${rows[0]!.id}'`);
    await copy(
      `select * from "AuditEvent" where "schema" = 'project.created@1' and "organisationId" = '${ours}' limit 1`,
    );
    const other = await create();
    const sent = receiver.received.length;
    await drain(other.id);
    const states = receiver.received
      .slice(sent)
      .flatMap(({ json }) => json.events as { index: number; state: string }[]);
    expect(states.filter(({ state }) => state === 'altered').map(({ index }) => index)).toEqual([altered]);
    await copy('select * from kept');
    await world.sql('drop table kept');
    await past('AuditEvent', `update "AuditEvent" set "id" = '${rows[1]!.id}' where "id" = '${gone}'`);
  });
});

describe('the signing secret', () => {
  it('is known to nobody afterwards; after a change both are good for a day, and then the new one', async () => {
    const { id, secret } = await create();
    const [row] = await world.sql<Record<string, unknown>>('select * from "AuditStream"');
    expect(JSON.stringify(row)).not.toContain(secret!.slice('whsec_'.length));
    const next = await streams.rotateSecret(world.owner, id);
    await send(id);
    for (const each of [secret!, next]) verifyWebhook(each, receiver.received.at(-1)!);
    expect((await shown(id)).previousUntil).not.toBeNull();
    await world.sql(`update "AuditStream" set "previousUntil" = now() - interval '1 second'`);
    await happen(1);
    await send(id);
    verifyWebhook(next, receiver.received.at(-1)!);
    expect(() => verifyWebhook(secret!, receiver.received.at(-1)!)).toThrow('no signature fits');
    expect((await shown(id)).previousUntil).toBeNull();
  });

  it('signs neither another body, nor an old request said to be new', async () => {
    const { id, secret } = await create();
    await send(id);
    const [request] = receiver.received;
    expect(() => verifyWebhook(secret!, { ...request!, body: `${request!.body} ` })).toThrow('no signature fits');
    const later = { ...request!.headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1000) + 1) };
    expect(() => verifyWebhook(secret!, { ...request!, headers: later })).toThrow('no signature fits');
    expect(() => verifyWebhook(secret!, request!, Date.now() + 3_600_000)).toThrow('too old');
  });

  it('stays unused while the keyring does not answer, and nothing is counted against the receiver', async () => {
    const { id } = await create();
    await world.stopKeyring();
    const what = await outcome(send(id));
    await world.startKeyring();
    expect(what).toBe('keyring.unavailable');
    expect((await shown(id)).failing).toBeNull();
    expect(receiver.received).toEqual([]);
  });
});

describe('a test', () => {
  it('says what the receiver answered, holds no event, and is recorded', async () => {
    const { id, secret } = await create();
    expect(await streams.testStream(world.owner, id)).toMatchObject({ code: 'delivered', status: 204 });
    const [request] = receiver.received;
    expect(verifyWebhook(secret!, request!)).toEqual({ type: 'audit.test', log: world.owner.organisationId });
    expect(await outcome(streams.testStream(world.owner, id))).toBe('stream.tested');
    expect((await shown(id)).next).toBe(0);
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      schema: 'stream.tested@1',
      details: { code: 'delivered', status: 204 },
    });
  });
});

describe('who may', () => {
  it('is decided by the role; the auditor sees where to, and not with which path', async () => {
    const { id } = await create();
    for (const who of [world.developer, world.auditor]) {
      expect(await outcome(streams.createStream(who, asked()))).toBe('authz.forbidden');
      expect(await outcome(streams.changeStream(who, { ...asked(), streamId: id }))).toBe('authz.forbidden');
      for (const act of [
        streams.rotateSecret,
        streams.pauseStream,
        streams.resumeStream,
        streams.deleteStream,
        streams.testStream,
      ])
        expect(await outcome(act(who, id) as Promise<unknown>)).toBe('authz.forbidden');
      expect(await outcome(streams.sendAgain(who, id, null))).toBe('authz.forbidden');
    }
    expect(await outcome(streams.listStreams(world.developer))).toBe('authz.forbidden');
    expect(await streams.listStreams(world.auditor)).toMatchObject([
      { id, host: `127.0.0.1:${receiver.port}`, address: null },
    ]);
    expect(await streams.listStreams(world.owner)).toMatchObject([{ address: receiver.url }]);
    for (const act of [streams.describeStream, streams.pauseStream, streams.deleteStream, streams.rotateSecret])
      expect(await outcome(act(world.stranger, id) as Promise<unknown>)).toBe('stream.not_found');
    expect(await streams.listStreams(world.stranger)).toEqual([]);
    expect(await outcome(streams.describeStream(world.owner, `${id}'`))).toBe('stream.not_found');
  });

  it('a stream is made and changed only as it was confirmed, and both are in the log without the path', async () => {
    const ask = await world.asked(() => streams.createStream(world.owner, asked({ personal: true })));
    expect(ask).toMatchObject({ action: 'stream.create', object: world.owner.organisationId });
    expect(Object.fromEntries(ask.terms)).toMatchObject({
      'Sent to': receiver.url,
      'Personal values': expect.stringContaining('go along'),
    });
    await world.confirm(world.owner, ask);
    expect(
      await outcome(streams.createStream(world.owner, asked({ personal: true, address: `${receiver.url}/other` }))),
    ).toBe('authz.step_up_required');
    const { id } = await streams.createStream(world.owner, asked({ personal: true }));
    const to = { streamId: id, address: receiver.url.replace('/in', '/elsewhere?token=7'), ca: null, personal: false };
    await world.confirmed(world.owner, () => streams.changeStream(world.owner, to));
    await send(id);
    expect(receiver.received[0]!.path).toBe('/elsewhere?token=7');
    const events = await eventsOf(id);
    expect(events.map(({ schema }) => schema)).toEqual(['stream.created@1', 'stream.changed@1']);
    expect(events[1]!.details).toMatchObject({ personalBefore: true, personalAfter: false });
    expect(JSON.stringify(events)).not.toContain('token');
  });

  it('a log has at most five, at addresses that can be streamed to', async () => {
    for (const _ of upTo(5)) await create();
    expect(await outcome(streams.createStream(world.owner, asked()))).toBe('stream.too_many');
    for (const address of [
      'http://192.0.2.1/',
      'https://10.0.0.1/',
      'https://a:b@example.com/',
      'http://example.com/',
      'x',
    ])
      expect(await outcome(streams.createStream(world.owner, asked({ address }))), address).toBe('stream.address');
    expect(
      await outcome(
        streams.createStream(
          world.owner,
          asked({ ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }),
        ),
      ),
    ).toBe('stream.ca');
  });

  it('pausing and deleting end it at once', async () => {
    const { id } = await create();
    await streams.pauseStream(world.owner, id);
    expect(await outcome(streams.pauseStream(world.owner, id))).toBe('stream.state');
    expect([await worker.due(), await send(id)]).toEqual([[], false]);
    await streams.resumeStream(world.owner, id);
    expect(await worker.due()).toEqual([id]);
    await streams.deleteStream(world.owner, id);
    expect([await worker.due(), await send(id)]).toEqual([[], false]);
    expect((await eventsOf(id)).map(({ schema }) => schema)).toEqual([
      'stream.created@1',
      'stream.paused@1',
      'stream.resumed@1',
      'stream.deleted@1',
    ]);
  });

  it('the provider’s own log is streamed by its administrators', async () => {
    const staff = { kind: 'staff' as const, secret: world.staff.secret };
    const act = () => streams.createStream(staff, asked({ personal: true }));
    const ask = await world.asked(act);
    expect(ask).toMatchObject({ action: 'staff-stream.create', object: 'provider' });
    await world.confirm(world.staff, ask);
    const { id } = await act();
    expect(await outcome(streams.describeStream(world.owner, id))).toBe('stream.not_found');
    await world.sequence();
    await drain(id);
    expect(new Set(receiver.received.map(({ json }) => json.log))).toEqual(new Set(['provider']));
    expect(placesOf(receiver.received)).toEqual(upTo(await sizeOf('provider')));
    await world.sql(`update "User" set "staffRole" = 'auditor' where "id" = $1`, [world.staff.userId]);
    expect(await outcome(streams.pauseStream(staff, id))).toBe('authz.forbidden');
    expect(await streams.listStreams(staff)).toMatchObject([{ id, address: null }]);
    await world.sql(`update "User" set "staffRole" = 'administrator' where "id" = $1`, [world.staff.userId]);
  });
});

describe('behind the code', () => {
  const ask = (sql: string, values: unknown[] = []) => query(world.streamerUrl, sql, values).then(() => 'in', String);

  it('the worker’s role reads no table, and of a log only what an active stream has still to send', async () => {
    const { id } = await create();
    for (const table of ['AuditEvent', 'AuditValue', 'AuditStream', 'LogTile', 'LogCheckpoint', 'User'])
      expect(await ask(`select * from "${table}"`)).toContain('permission denied');
    const rows = 'select * from cordon.stream_rows($1, $2, $3)';
    expect(await ask(rows, [id, 0, 3])).toBe('in');
    expect(await ask(rows, [id, 0, 101])).toContain('stream.closed');
    expect(await ask(rows, [id, -1, 1])).toContain('stream.closed');
    expect(await ask(rows, [id, await sizeOf(), 1])).toContain('stream.closed');
    expect(await ask(rows, [`str_${'0'.repeat(32)}`, 0, 1])).toContain('stream.closed');
    await send(id);
    expect(await ask(rows, [id, 0, 3])).toContain('stream.closed');
    await streams.pauseStream(world.owner, id);
    expect(await ask(rows, [id, (await shown(id)).next, 1])).toContain('stream.closed');
  });

  it('the watermark moves over a batch that was begun and no other', async () => {
    const { id } = await create();
    const end = (first: number, last: number) =>
      query<{ ok: boolean }>(
        world.streamerUrl,
        `select cordon.end_attempt($1, false, $2, $3, 'delivered', 200, 'delivered', 1, 1, 0, 0, false) as ok`,
        [id, first, last],
      ).then(([row]) => row!.ok);
    expect(await end(0, 3)).toBe(false);
    await query(world.streamerUrl, 'select cordon.begin_batch($1, 0, 3, $2)', [id, await sizeOf()]);
    expect([await end(0, 4), await end(1, 3), await end(0, 3), await end(0, 3)]).toEqual([false, false, true, false]);
    expect((await shown(id)).next).toBe(3);
    const begun = 'select cordon.begin_batch($1, 3, 5, $2) as ok';
    expect(await query(world.streamerUrl, begun, [id, (await sizeOf()) + 1])).toEqual([{ ok: false }]);
  });

  it('the worker’s role records nothing else, and in no other log', async () => {
    const { id } = await create();
    const work = (await worker.take(id))!;
    await worker.begin(work, 1);
    const attempt = {
      end: 1,
      verdict: 'retry',
      code: 'timeout',
      status: null,
      millis: 1,
      bytes: 1,
      broken: 0,
    } as const;
    const event = { schema: 'stream.failing@1', fields: { host: 'h', code: 'timeout', next: 0 } } as const;
    const end = (over: object) =>
      worker.end({ ...work, ...over }, { ...attempt, waitSeconds: 5, announced: true }, [event]);
    await expect(end({ organisationId: world.stranger.organisationId })).rejects.toThrow(/row-level security/);
    await expect(end({ organisationId: null })).rejects.toThrow(/row-level security/);
    expect((await shown(id)).failing).toBeNull();
    const foreign = { schema: 'audit.read@1', fields: { filters: [] } } as never;
    await expect(worker.end(work, { ...attempt, waitSeconds: 5, announced: true }, [foreign])).rejects.toThrow(
      /row-level/,
    );
    expect(await end({})).toBe(true);
  });

  it('the console’s role streams no other log, and moves no watermark', async () => {
    const { id } = await create();
    const as = (who: MemberCaller, sql: string, values: unknown[]) =>
      db.asMember(who.secret, who.organisationId, (tx) => tx.execute(sql, values)).then(() => 'in', String);
    const insert = (who: MemberCaller, organisationId: string | null, next = 0) =>
      as(
        who,
        `insert into "AuditStream" ("id", "organisationId", "createdById", "kind", "address", "next")
         values ('str_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, 'syslog', 'a:1', $3)`,
        [organisationId, who.userId, next],
      );
    expect(await insert(world.owner, world.stranger.organisationId)).toContain('row-level security');
    expect(await insert(world.owner, null)).toContain('row-level security');
    expect(await insert(world.auditor, world.auditor.organisationId)).toContain('row-level security');
    expect(await insert(world.owner, world.owner.organisationId, (await sizeOf()) + 5)).toContain('row-level security');
    expect(await insert(world.owner, world.owner.organisationId)).toBe('in');
    expect(await as(world.owner, 'update "AuditStream" set "next" = 1', [])).toContain('permission denied');
    const redirect = `update "AuditStream" set "address" = 'https://evil.example/' where "id" = $1`;
    expect(await as(world.auditor, redirect, [id])).toBe('in');
    expect(await as(world.stranger, redirect, [id])).toBe('in');
    expect((await shown(id)).address).toBe(receiver.url);
  });
});

describe('the workers of two consoles', () => {
  it('send as soon as something is signed, one of them, and stop in the middle of a slow answer', async () => {
    const said: string[] = [];
    const log = { info: (msg: string) => void said.push(msg), warn: (msg: string) => void said.push(msg) };
    const running = [streams.startStreamer(log), streams.startStreamer(log)];
    const { id } = await create();
    await world.sequence();
    const size = await sizeOf();
    await expect.poll(() => placesOf(receiver.received).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(size);
    expect(placesOf(receiver.received)).toEqual(upTo(size));
    receiver.behave = () => undefined;
    await happen(1);
    const sent = receiver.received.length;
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBeGreaterThan(sent);
    const begun = Date.now();
    await Promise.all(running.map((each) => each.stop()));
    expect(Date.now() - begun).toBeLessThan(2_000);
    expect(said).toEqual(['streamer.leads']);
    // Nobody knows whether it came, so it is sent again.
    receiver.behave = null;
    await drain(id);
    expect(receiver.received.at(-1)!.headers['webhook-id']).toBe(receiver.received[sent]!.headers['webhook-id']);
    expect(await shown(id)).toMatchObject({ failing: null, lagEvents: 0 });
  });
});
