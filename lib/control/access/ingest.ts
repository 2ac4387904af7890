import type pg from 'pg';
import { append, type EventSchema, type NewEvent } from '@/lib/audit';
import { onConnection } from '@/lib/db/control';
import type { Log } from '@/lib/platform';
import type { HostStanding } from '@/lib/uplink/access-sync';
import { gapIn } from '../gaps';
import { inTransaction } from '../store';
import { closingOf, frees, openTargets } from './closing';
import { type GatewayRecord, type HostRecord, readGatewayRecords, readHostRecords } from './messages';
import * as store from './store';

/** What gateways and hosts report, into the database and the provider's log. Everything of a batch is committed, once, before it is confirmed. */
export class AccessIngest {
  readonly #db: pg.Pool;
  readonly #log: Log;

  constructor(db: pg.Pool, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** Commits a batch of `peer` (its certificate's id) and answers the highest number taken of that run. */
  async batch(peer: string, { boot, last }: { boot: string; last: number }, payload: Uint8Array): Promise<number> {
    const isHost = peer.startsWith('host:');
    const { records, refused } = isHost ? readHostRecords(payload) : readGatewayRecords(payload);
    if (refused > 0) this.#log.warn('access.records_refused', { name: peer, count: refused });
    return await inTransaction(this.#db, async (client) => {
      const known = await store.lockPeerSpool(client, peer, boot);
      const fresh = records.filter(({ n }) => n > known && n <= last);
      for (const record of fresh) {
        if (isHost) await takeHostRecord(client, peer, record as HostRecord);
        else await takeGatewayRecord(client, peer, record as GatewayRecord);
      }
      const gap = gapIn(
        known,
        last,
        records.map(({ n }) => n),
      );
      const dropped = fresh.reduce((sum, record) => sum + (record.kind === 'gap' ? record.dropped : 0), 0);
      const lost = (gap?.missing ?? 0) + dropped;
      if (lost > 0)
        await record(client, peer, { schema: 'access-spool.lost@1', outcome: 'failed', fields: { boot, lost } });
      await store.advancePeerSpool(client, peer, boot, last);
      return Math.max(known, last);
    });
  }

  /** Takes what a host says of itself, and closes what it is free of. */
  async standing(peer: string, standing: HostStanding): Promise<void> {
    await store.saveStanding(this.#db, peer, standing);
    for (const { request, endedAt, closed } of await store.readOver(this.#db, peer)) {
      if (closed.includes(peer) || !frees(standing, request, endedAt)) continue;
      await inTransaction(this.#db, async (client) => {
        await store.saveClosed(client, request, peer);
        await settle(client, request, Date.now());
      });
    }
  }

  /** Looks at every grant that is over, whoever is connected: a host that says nothing has failed to close it. */
  async watch(now: number): Promise<void> {
    for (const over of await store.readOver(this.#db))
      if (closingOf(over, now / 1000) !== over.closing)
        await inTransaction(this.#db, (client) => settle(client, over.request, now));
  }
}

/** Writes down where the closing of a grant stands, and tells of it, each time once. */
async function settle(client: pg.ClientBase, request: string, now: number): Promise<void> {
  const over = await store.lockOver(client, request);
  if (!over) return;
  const closing = closingOf(over, now / 1000);
  if (closing === over.closing) return;
  await store.saveClosing(client, request, closing);
  if (closing === 'closing') return;
  const failed = closing === 'failed';
  const hosts = failed ? openTargets(over) : over.targets.filter((target) => target.startsWith('host:'));
  await append(onConnection(client), {
    schema: failed ? 'grant.close_failed@1' : 'grant.closed@1',
    outcome: failed ? 'failed' : 'success',
    actor: { kind: 'system', id: 'access' },
    object: { type: 'access-request', id: request },
    fields: { hosts: hosts.slice(0, 8) },
  });
  if (failed) await store.tellFailed(client, request, hosts);
}

async function takeHostRecord(client: pg.ClientBase, host: string, one: HostRecord): Promise<void> {
  const of = (id: string) => ({ type: 'access-request', id });
  switch (one.kind) {
    case 'host.opened': {
      const { grant, account: unixUser } = one;
      const fields = { host, unixUser };
      return await record(client, host, { schema: 'grant.account_made@1', object: of(grant), fields });
    }
    case 'host.closed': {
      const { grant, account: unixUser, killed, jobs } = one;
      const fields = { host, unixUser, killed, jobs };
      return await record(client, host, { schema: 'grant.account_gone@1', object: of(grant), fields });
    }
    case 'host.login': {
      const { grant, account: unixUser, serial, keyId, log, end } = one;
      // A host that was killed reads the last lines of sshd's log again.
      if (!(await store.advanceLog(client, host, log, end))) return;
      const fields = { host, unixUser, serial, keyId };
      return await record(client, host, { schema: 'grant.login@1', object: of(grant), fields });
    }
    case 'host.finding': {
      const { code, subject } = one;
      return await record(client, host, { schema: 'host.finding@1', outcome: 'failed', fields: { code, subject } });
    }
    case 'host.left':
    case 'host.files':
    case 'gap':
      // What is left stands in the host's own standing; losses are counted over the whole batch.
      return;
  }
}

async function takeGatewayRecord(client: pg.ClientBase, gateway: string, one: GatewayRecord): Promise<void> {
  const of = (id: string) => ({ type: 'production-session', id: id.slice(0, 64) });
  switch (one.kind) {
    case 'session.started': {
      const { session, at, target, purpose, serial, address, command } = one;
      await store.startSession(client, session, at);
      const fields = {
        target,
        purpose,
        serial,
        address,
        ...(command === null ? {} : { command }),
      };
      return await record(client, gateway, { schema: 'production.started@1', object: of(session), fields });
    }
    case 'session.ended': {
      const { session, at, why, exit } = one;
      await store.endSession(client, session, at, why);
      return await record(client, gateway, {
        schema: 'production.ended@1',
        object: of(session),
        fields: { why, exit },
      });
    }
    case 'session.refused': {
      const { session, code, address } = one;
      const event = { schema: 'production.refused@1', outcome: 'refused', object: of(session) } as const;
      return await record(client, gateway, { ...event, fields: { code, address } });
    }
    case 'session.head': {
      await store.saveHead(client, one);
      const { session, lines, root, time, final } = one.head;
      const fields = { session, lines, root, time, final };
      return await record(client, gateway, { schema: 'production.recorded@1', object: of(session), fields });
    }
    case 'recording':
      return await store.savePiece(client, one);
    case 'gap':
      return;
  }
}

/** In the provider's log, by the peer that said it. */
async function record<S extends EventSchema>(
  client: pg.ClientBase,
  peer: string,
  event: Pick<NewEvent<S>, 'schema' | 'fields'> & Partial<Pick<NewEvent<S>, 'outcome' | 'object'>>,
): Promise<void> {
  await append(onConnection(client), {
    outcome: 'success',
    object: { type: 'access-peer', id: peer },
    ...event,
    actor: { kind: 'system', id: peer },
  } as NewEvent<S>);
}
