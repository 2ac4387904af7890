import type pg from 'pg';
import { append, appendAll } from '@/lib/audit';
import { onConnection } from '@/lib/db/control';
import type { Ack, Hello, Nack, Report, Upstream } from '@/lib/kernel/bundle/messages';
import type { Region } from '@/lib/kernel/region';
import type { Log } from '@/lib/platform';
import type { AckWriter } from './acks';
import { type Gap, gapIn } from './gaps';
import {
  advanceSpool,
  applySessions,
  closeWildcardTokens,
  type DecisionRecord,
  insertDecisions,
  lockSpool,
  projectsOf,
  touchCertificates,
} from './ingest-store';
import { readBatch } from './messages-schema';
import { inTransaction, type Queryable, saveClosed, saveHello, saveNack, saveReport } from './store';

/** Which edge: from its certificate, never from what it says. */
interface EdgeName {
  name: string;
  region: Region;
}

/** What edges report, into the database. A batch is committed before it is confirmed, and counted once however often it comes. */
export class Ingest {
  readonly #db: pg.Pool;
  readonly #acks: AckWriter;
  readonly #log: Log;
  readonly #saving = new Set<Promise<void>>();

  constructor(db: pg.Pool, acks: AckWriter, log: Log) {
    this.#db = db;
    this.#acks = acks;
    this.#log = log;
  }

  async hello(hello: Hello): Promise<void> {
    await saveHello(this.#db, hello);
  }

  closed(edge: string, bootId: string): void {
    const saving = saveClosed(this.#db, edge, bootId)
      .catch((error: unknown) => this.#log.warn('ingest.close_failed', { edge, error }))
      .finally(() => this.#saving.delete(saving));
    this.#saving.add(saving);
  }

  /** Resolves when nothing that was handed over is still being written. */
  async idle(): Promise<void> {
    await Promise.all(this.#saving);
  }

  ack(edge: string, { epoch, seq, stage, at, cut = 0, hash }: Ack): void {
    this.#acks.add({ edge, epoch, seq, stage, at, cut, hash });
  }

  async nack(edge: EdgeName, nack: Nack): Promise<void> {
    await inTransaction(this.#db, async (client) => {
      await saveNack(client, edge.name, nack);
      // Asking for a resync is part of the protocol; the other refusals are somebody's fault.
      if (nack.code === 'base_mismatch') return;
      await append(onConnection(client), {
        schema: 'edge.refused_policy@1',
        outcome: 'failed',
        actor: { kind: 'edge', id: edge.name },
        object: { type: 'edge', id: edge.name },
        fields: { region: edge.region, seq: nack.seq, code: nack.code, detail: nack.detail },
      });
    });
  }

  async report(edge: string, report: Report): Promise<void> {
    await saveReport(this.#db, edge, report);
  }

  /** Commits a batch and answers the highest number committed for its boot. Throws when the database cannot be reached: the edge sends it again. */
  async batch(edge: EdgeName, { bootId, last, dropped }: Upstream, payload: Uint8Array): Promise<number> {
    const { records, refused } = readBatch(payload);
    if (refused > 0) this.#log.warn('ingest.records_refused', { edge: edge.name, count: refused });
    return await inTransaction(this.#db, async (client) => {
      const { known, lost } = await lockSpool(client, edge.name, bootId);
      const fresh = records.filter(({ n }) => n > known && n <= last);
      const decisions = fresh.filter((record) => record.kind === 'decision');
      await insertDecisions(client, edge.name, bootId, decisions);
      await touchCertificates(client, decisions);
      const sessions = fresh.filter((record) => record.kind === 'session');
      await applySessions(client, edge.name, bootId, sessions);
      await closeWildcardTokens(client, decisions);
      await this.#auditCuts(client, edge, decisions);
      const numbers = records.map(({ n }) => n);
      await this.#auditLoss(client, edge, bootId, { gap: gapIn(known, last, numbers), dropped: dropped - lost });
      await advanceSpool(client, edge.name, bootId, last, dropped);
      return Math.max(known, last);
    });
  }

  /** Evidence that will never come, once: numbers passed over, and what the edge had no room for and never numbered. */
  async #auditLoss(
    client: Queryable,
    { name, region }: EdgeName,
    bootId: string,
    { gap, dropped }: { gap: Gap | null; dropped: number },
  ): Promise<void> {
    const said = {
      outcome: 'failed' as const,
      actor: { kind: 'edge' as const, id: name },
      object: { type: 'edge', id: name },
    };
    if (gap) await append(onConnection(client), { schema: 'spool.gap@1', ...said, fields: { region, bootId, ...gap } });
    if (dropped > 0)
      await append(onConnection(client), { schema: 'spool.dropped@1', ...said, fields: { region, bootId, dropped } });
  }

  /** One event per project and change: how many live sessions this edge cut because of it. */
  async #auditCuts(client: Queryable, edge: EdgeName, decisions: readonly DecisionRecord[]): Promise<void> {
    // Running out of time is no enforcement of a change.
    const cuts = decisions.filter(
      ({ action, verdict, rule }) => action === 'enforce' && verdict === 'deny' && rule !== 'time',
    );
    if (cuts.length === 0) return;
    const projects = await projectsOf(client, [...new Set(cuts.map(({ appId }) => appId))]);
    const counts = new Map<string, { appId: string; seq: number; cut: number }>();
    for (const { appId, seq, count } of cuts) {
      const entry = counts.get(`${appId}|${seq}`) ?? { appId, seq, cut: 0 };
      entry.cut += count;
      counts.set(`${appId}|${seq}`, entry);
    }
    const events = [...counts.values()].flatMap(({ appId, seq, cut }) => {
      const project = projects.get(appId);
      if (!project) return [];
      return {
        schema: 'enforcement.sessions_cut@1' as const,
        outcome: 'success' as const,
        actor: { kind: 'edge' as const, id: edge.name },
        object: { type: 'project', id: project.projectId },
        organisationId: project.organisationId,
        projectId: project.projectId,
        fields: { edge: edge.name, region: edge.region, seq, cut },
      };
    });
    await appendAll(onConnection(client), events);
  }
}
