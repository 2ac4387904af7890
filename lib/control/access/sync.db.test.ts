import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import type { Control } from '@/lib/control';
import { expectPeer } from '@/lib/db/install';
import { type Agent, startAgent } from '@/lib/host/agent';
import type { HostKey } from '@/lib/host/host-key';
import { type HostLink, openLink } from '@/lib/host/link';
import type { Machine } from '@/lib/host/machine';
import { decodeFrame, encodeFrame } from '@/lib/kernel/bundle/frames';
import { accountOf } from '@/lib/kernel/grant';
import { parseCertificateLine } from '@/lib/kernel/ssh';
import { createLog } from '@/lib/platform';
import { type AccessIdentity, enrolAccess, renewAccess } from '@/lib/uplink/access-identity';
import { ACCESS_PATHS, ACCESS_SYNC } from '@/lib/uplink/access-sync';
import { startWorld, type World } from '@/test/plane/push-world';
import { startCluster, type TestCluster } from '@/test/support/database';
import { acts, CAST, founding, newId, signedBy, request as terms } from '@/test/support/grants';
import { sshKey } from '@/test/support/ssh';

/** Control and keyring as they run, and a host that is real but for the machine it runs on. */
let cluster: TestCluster;
let world: World;
let control: Control;
let home: string;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cordon-access-'));
  cluster = await startCluster();
  world = await startWorld(cluster);
  control = await world.control();
  for (const entry of founding(seconds(), seconds() + 86_400)) await world.context.grants.enter(entry);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(async () => {
  await world?.stop();
  await cluster?.stop();
  rmSync(home, { recursive: true });
});

const seconds = () => Math.floor(Date.now() / 1000);
const sql = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
const controlUrl = () => `https://127.0.0.1:${control.port}`;
const enrolment = (role: 'host' | 'gateway', name: string, joinToken: string | null) => ({
  ...{ role, name, home: join(home, name), controlUrl: controlUrl(), joinToken, controlFingerprint: world.fingerprint },
});

interface Host {
  agent: Agent;
  accounts: Set<string>;
  /** When the last account went, by `performance.now()`. */
  goneAt: number;
  stop(): Promise<void>;
}

const CERTIFIED: HostKey = { due: async () => null, take: async () => null };

async function startHost(name: string, hostKey = CERTIFIED): Promise<Host> {
  const accounts = new Set<string>();
  const machine: Machine = {
    writePrincipals: () => undefined,
    ensure: async ({ account }) => void accounts.add(account),
    async end({ account }) {
      accounts.delete(account);
      host.goneAt = performance.now();
      return { killed: 0, jobs: 0, left: [] };
    },
    ...{ gather: () => undefined, sweep: () => [], removeFiles: async () => 0 },
    accounts: () => [...accounts].map((account) => ({ name: account, uid: 66_000 })),
  };
  const { sheetKeys } = await world.keyring.call('trust.describe', {});
  const log = createLog('host', ['detail'], () => undefined);
  const options = enrolment('host', name, await expectPeer(world.database.url.installer, `host:${name}`));
  const link: HostLink = await openLink({
    ...{ ...options, log, hostKey },
    onSheet: async (signed) => void (await agent.take(signed)),
    standing: () => agent.standing(),
  });
  const agent = await startAgent({
    ...{ target: `host:${name}`, home: options.home, range: { from: 66_000, to: 66_100 }, machine, log },
    keys: sheetKeys!.map(({ publicKey }) => Buffer.from(publicKey, 'base64')),
    ...{ tell: link.tell, onChange: link.report },
  });
  link.dial();
  const host: Host = {
    ...{ agent, accounts, goneAt: 0 },
    async stop() {
      await agent.stop();
      await link.stop();
    },
  };
  stops.push(() => host.stop());
  await vi.waitFor(() => expect(agent.standing().seq).toBeGreaterThan(0), { timeout: 30_000 });
  return host;
}

/** A grant that runs, by signatures at the keyring, and the row that the console makes of it. */
async function granted(name: string, deadline = seconds() + 3600): Promise<string> {
  const id = newId('grt');
  const asked = terms(seconds(), { targets: [`host:${name}`] });
  const enter = (...entry: Parameters<typeof signedBy>) => world.context.grants.enter(signedBy(...entry));
  await enter(CAST.asker, acts.ask(id, asked), seconds());
  await enter(CAST.security, acts.vote(id, asked, 'security'), seconds());
  await enter(CAST.onCall, acts.vote(id, asked, 'on-call'), seconds());
  await sql(
    `insert into "AccessRequest" ("id", "personId", "kind", "terms", "targets", "organisations", "decideBy") values ($1, $2, 'access', '[]', $3, '{}', now())`,
    ...[id, CAST.asker, [`host:${name}`]],
  );
  await note(id, 'active', deadline);
  return id;
}
const note = (id: string, state: string, deadline: number) =>
  sql(
    `update "AccessRequest" set "state" = $2, "logged" = $2, "deadline" = to_timestamp($3) where "id" = $1`,
    ...[id, state, deadline],
  );
const end = async (id: string, deadline = seconds()) => {
  await world.context.grants.enter({ end: { request: id, at: deadline, why: 'revoked' } });
  await note(id, 'ended', deadline);
};
const closing = async (id: string) =>
  (await sql('select "closing" from "AccessRequest" where "id" = $1', id))[0].closing;
const eventsOf = async (id: string) =>
  (await sql('select "schema" from "AuditEvent" where "objectId" = $1 order by "at"', id)).map(({ schema }) => schema);

describe('a host', () => {
  it('hears of a grant, ends it when it is revoked, and it is closed', async () => {
    const host = await startHost('eu-1');
    const id = await granted('eu-1');
    await vi.waitFor(() => expect([...host.accounts]).toEqual([accountOf(id)]), { timeout: 30_000, interval: 20 });
    const from = performance.now();
    await end(id);
    await vi.waitFor(() => expect(host.accounts.size).toBe(0), { timeout: 30_000, interval: 5 });
    console.info(`gone after ${Math.round(host.goneAt - from)} ms`);
    await vi.waitFor(async () => expect(await closing(id)).toBe('closed'), { timeout: 30_000, interval: 50 });
    await vi.waitFor(
      async () =>
        expect((await eventsOf(id)).filter((schema) => schema !== 'grant.settled@1').sort()).toEqual([
          ...['grant.account_gone@1', 'grant.account_made@1', 'grant.closed@1'],
        ]),
      { timeout: 30_000, interval: 50 },
    );
  });

  it('hears of its own grants only', async () => {
    const [one, other] = [await startHost('na-1'), await startHost('na-2')];
    const id = await granted('na-1');
    await vi.waitFor(() => expect(one.accounts.size).toBe(1), { timeout: 30_000 });
    const { seq } = other.agent.standing();
    await vi.waitFor(() => expect(other.agent.standing().seq).toBeGreaterThan(seq), { timeout: 30_000 });
    expect(other.accounts.size).toBe(0);
    expect(id).toBeDefined();
  });

  it('is given an SSH certificate for its key, in its own name', async () => {
    const key = sshKey();
    const taken: string[] = [];
    await startHost('eu-2', {
      due: async () => key.line,
      take: async (line) => {
        taken.push(line);
        return null;
      },
    });
    await vi.waitFor(() => expect(taken).toHaveLength(1), { timeout: 30_000 });
    const certificate = parseCertificateLine(taken[0]!);
    expect(certificate).toMatchObject({ type: 'host', principals: ['eu-2'], publicKey: key.publicKey });
    expect(certificate!.validBefore - seconds()).toBeGreaterThan(86_000);
    expect(await eventsOf('host:eu-2')).toEqual(['access-peer.enrolled@1', 'access-peer.certified@1']);
  });

  it('that is gone leaves a grant that could not be closed', async () => {
    const host = await startHost('as-1');
    const id = await granted('as-1');
    await vi.waitFor(() => expect(host.accounts.size).toBe(1), { timeout: 30_000 });
    await host.stop();
    await end(id, seconds() - 31);
    await vi.waitFor(async () => expect(await closing(id)).toBe('failed'), { timeout: 30_000, interval: 50 });
    expect(await eventsOf(id)).toContain('grant.close_failed@1');
  });
});

describe('/access-sync', () => {
  const tokenOf = (id: string) => expectPeer(world.database.url.installer, id);

  /** What a connection with this identity comes to: the status it was refused with, or the socket. */
  function dial(identity: AccessIdentity): Promise<number | WebSocket> {
    const socket = new WebSocket(`${controlUrl().replace('https', 'wss')}${ACCESS_PATHS.sync}`, {
      ...{ key: identity.key, cert: identity.certificate, ca: identity.authority },
      checkServerIdentity: (() => undefined) as never,
    });
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', reject);
    });
  }
  function typesOf(socket: WebSocket): string[] {
    const types: string[] = [];
    socket.on('message', (data: Buffer) => {
      const decoded = decodeFrame(data, 1024 * 1024);
      if (decoded.ok) types.push(decoded.frame.header.type);
    });
    return types;
  }
  const hello = (role: 'host' | 'gateway', name: string) =>
    encodeFrame({ type: 'Hello', proto: ACCESS_SYNC, role, name, boot: 'b1' });

  it('enrols by a token once, and for nobody whose token it is not', async () => {
    const token = await tokenOf('host:e-1');
    await expect(enrolAccess(enrolment('host', 'e-2', token))).rejects.toThrow('another name');
    await expect(enrolAccess(enrolment('host', 'e-1', token))).rejects.toMatchObject({ code: 'enroll.refused' });
    await expect(enrolAccess(enrolment('host', 'e-1', 'x'.repeat(32)))).rejects.toMatchObject({
      code: 'enroll.refused',
    });
    await enrolAccess(enrolment('host', 'e-1', await tokenOf('host:e-1')));
  });

  it('takes one key of each: an earlier one is superseded, and renews nothing', async () => {
    const first = await enrolAccess(enrolment('host', 'e-3', await tokenOf('host:e-3')));
    const second = await enrolAccess(enrolment('host', 'e-3', await tokenOf('host:e-3')));
    expect(await dial(first)).toBe(403);
    await expect(renewAccess(enrolment('host', 'e-3', null), first)).rejects.toMatchObject({ code: 'renew.refused' });
    const renewed = await renewAccess(enrolment('host', 'e-3', null), second);
    ((await dial(renewed)) as WebSocket).terminate();
  });

  it('lets nobody speak as another, and gives a gateway no sheet', async () => {
    const gateway = await enrolAccess(enrolment('gateway', 'g-1', await tokenOf('gateway:g-1')));
    for (const said of [
      hello('host', 'g-1'),
      hello('gateway', 'g-2'),
      encodeFrame({ type: 'Standing' }),
      Buffer.from('x'),
    ]) {
      const socket = (await dial(gateway)) as WebSocket;
      const closed = once(socket, 'close');
      socket.send(said);
      await closed;
    }
    const socket = (await dial(gateway)) as WebSocket;
    const closed = once(socket, 'close');
    const types = typesOf(socket);
    socket.send(hello('gateway', 'g-1'));
    socket.send(encodeFrame({ type: 'Standing' }, Buffer.from('{"seq":1,"issuedAt":1,"holds":[]}')));
    await closed;
    expect(types).toEqual(['Watched']);
  });

  it('tells a gateway which sessions somebody watches, when it connects and with each change', async () => {
    const gateway = await enrolAccess(enrolment('gateway', 'g-3', await tokenOf('gateway:g-3')));
    const socket = (await dial(gateway)) as WebSocket;
    const told: unknown[] = [];
    socket.on('message', (data: Buffer) => {
      const decoded = decodeFrame(data, 1024 * 1024);
      if (decoded.ok) told.push(decoded.frame.header.sessions);
    });
    socket.send(hello('gateway', 'g-3'));
    await vi.waitFor(() => expect(told).toEqual([[]]), { timeout: 30_000 });
    const session = newId('ssn');
    await sql(
      `insert into "ProductionSession" ("id", "requestId", "userId", "target", "through") values ($1, $2, 'usr_x', 'host:w', 'web terminal')`,
      ...[session, await granted('w')],
    );
    await sql('insert into "RecordingWatch" ("sessionId", "userId") values ($1, $2)', session, 'usr_y');
    await vi.waitFor(() => expect(told).toEqual([[], [session]]), { timeout: 30_000 });
    await sql(`update "RecordingWatch" set "seenAt" = now() - interval '1 minute'`);
    await vi.waitFor(() => expect(told).toEqual([[], [session], []]), { timeout: 30_000 });
    socket.terminate();
  });

  it('certifies keys of hosts only, and one host every ten seconds', async () => {
    const ask = () => encodeFrame({ type: 'HostKey', publicKey: sshKey().line });
    const gateway = await enrolAccess(enrolment('gateway', 'g-2', await tokenOf('gateway:g-2')));
    const asGateway = (await dial(gateway)) as WebSocket;
    const closed = once(asGateway, 'close');
    asGateway.send(hello('gateway', 'g-2'));
    asGateway.send(ask());
    await closed;
    const host = (await dial(await enrolAccess(enrolment('host', 'e-5', await tokenOf('host:e-5'))))) as WebSocket;
    const types = typesOf(host);
    host.send(hello('host', 'e-5'));
    for (let i = 0; i < 5; i++) host.send(ask());
    // What is said in order is answered in order: the acknowledgement comes after whatever the five came to.
    host.send(encodeFrame({ type: 'Events', boot: 'b1', first: 1, last: 1 }));
    await vi.waitFor(() => expect(types).toContain('Ack'), { timeout: 30_000 });
    expect(types.filter((type) => type === 'HostCertificate')).toHaveLength(1);
    host.terminate();
  });

  it('ends the connection of who was banned, and refuses them', async () => {
    const identity = await enrolAccess(enrolment('host', 'e-4', await tokenOf('host:e-4')));
    const socket = (await dial(identity)) as WebSocket;
    const closed = once(socket, 'close');
    socket.send(hello('host', 'e-4'));
    await once(socket, 'message');
    await sql(`update "AccessPeer" set "bannedAt" = now() where "id" = 'host:e-4'`);
    await closed;
    expect(await dial(identity)).toBe(403);
  });

  it('is closed to whoever has no certificate', async () => {
    const response = await new Promise<number>((resolve, reject) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      };
      httpsRequest(`${controlUrl()}${ACCESS_PATHS.sync}`, { rejectUnauthorized: false, headers }, ({ statusCode }) =>
        resolve(statusCode ?? 0),
      )
        .on('error', reject)
        .end();
    });
    expect(response).toBe(403);
  });
});
