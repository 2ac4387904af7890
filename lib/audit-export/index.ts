/**
 * Exports of an audit log, as files: evidence packs, NDJSON, CSV and OCSF. Asking, writing and downloading are three acts, each recorded in the log
 * itself. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { type AuditScope, authzErrors, type Caller, inTenant, may, type Source, type Tx } from '@/lib/authz';
import { ACCESS_SCHEMAS } from '@/lib/kernel/access';
import type { Filter } from '@/lib/kernel/pack';
import { SAMPLE_RULE } from '@/lib/kernel/sample';
import { isId, newId, systemClock } from '@/lib/platform';
import { exportHome } from './config';
import { type Download, openFile } from './download';
import { exportErrors } from './errors';
import { filterWords, packFilter } from './filter';
import { checkRecipients } from './recipients';
import {
  type AccessExportRequest,
  type ExportAbout,
  type ExportFormat,
  type ExportRequest,
  type ExportView,
  exportName,
  problemWords,
} from './schemas';
import { withinScope } from './scope';
import * as store from './store';

export type { Download } from './download';
export { exportErrors } from './errors';
export { filterWords } from './filter';
export { startExporter } from './worker/run';

type Member = Caller & { kind: 'member' };
const AT_ONCE = 3;

/**
 * Asks for an export of the organisation's log. Range and checkpoint are fixed now: what happens later is not in it. Answers its id. Throws
 * `export.no_checkpoint`, `export.range`, `export.filter`, `export.recipient`, `export.too_many`,
 * `export.not_configured`.
 */
export const requestExport = (caller: Member, asked: ExportRequest): Promise<string> =>
  inTenant(caller, ['AuditEvent', 'export'], async (tx, { organisationId, actor, scope, record }) => {
    const { job, event } = await ask(tx, asked, organisationId, actor.id, scope);
    await record('audit.export_requested@1', { object: event.object }, event.fields);
    return job.id;
  });

/**
 * A file of a sample: NDJSON or CSV of what was drawn, or a pack of the whole population, from which the sample can be drawn again. What it is of
 * stands in its description. Throws as `requestExport`, and `export.not_found` without such a sample.
 */
export const requestSampleExport = (caller: Member, sampleId: string, format: ExportFormat): Promise<string> =>
  inTenant(caller, ['AuditEvent', 'export'], async (tx, { organisationId, actor, scope, record }) => {
    const sample = isId('smp', sampleId) ? await store.sample(tx, organisationId, sampleId) : null;
    if (!sample) throw exportErrors('export.not_found');
    const filter = scope ? withinScope(sample.filter, format, scope) : sample.filter;
    const [from, to, size] = [sample.rangeFrom, sample.rangeTo, sample.size].map(Number) as [number, number, number];
    const wanted = { format, filter, recipients: [], from, to, size, sampleId };
    const { job, event } = await queue(tx, wanted, organisationId, actor.id);
    await record('audit.export_requested@1', { object: event.object }, event.fields);
    return job.id;
  });

/** The filter of an export of this organisation's log, within what an auditor may see. Throws `export.filter`, `export.scope`. */
export const filterFor = (asked: ExportRequest, organisationId: string, scope: AuditScope | null): Filter => {
  const filter = packFilter(asked, organisationId);
  return scope ? withinScope(filter, asked.format, scope) : filter;
};

/** The same of the provider's own log. */
export const requestProviderExport = (secret: string, asked: ExportRequest, source?: Source): Promise<string> =>
  asExporter(secret, async (tx, userId) => {
    const { job, event } = await ask(tx, asked, null, userId);
    await store.recordAsStaff(tx, userId, source, { schema: 'audit.export_requested@1', ...event });
    return job.id;
  });

/**
 * A pack of all that access to production is judged by: requests, signatures, the committee, passkeys, and what gateways and hosts reported. Whoever
 * verifies it has every approval judged (lib/kernel/access). Throws as `requestExport`.
 */
export const requestAccessExport = (
  secret: string,
  { end, recipients = [] }: AccessExportRequest,
  source?: Source,
): Promise<string> =>
  asExporter(secret, async (tx, userId) => {
    await checkRecipients(recipients);
    const size = await store.newestSize(tx, 'provider');
    if (size === null) throw exportErrors('export.no_checkpoint');
    const to = end ?? size;
    if (to < 1 || to > size) throw exportErrors('export.range', { why: `It covers #0 to #${size - 1}.` });
    const filter = { schema: [...ACCESS_SCHEMAS].sort() };
    const { job, event } = await queue(tx, { format: 'pack', filter, recipients, from: 0, to, size }, null, userId);
    await store.recordAsStaff(tx, userId, source, { schema: 'audit.export_requested@1', ...event });
    return job.id;
  });

/** The newest 50, newest first. */
export const listExports = (caller: Member): Promise<ExportView[]> =>
  inTenant(caller, ['AuditEvent', 'export'], (tx, { organisationId }) => views(tx, organisationId));

export const listProviderExports = (secret: string): Promise<ExportView[]> =>
  asExporter(secret, (tx) => views(tx, null));

/** The file of an export, to be read once; that it was taken is recorded. Throws `export.not_found`, `export.not_ready`, `export.elsewhere`. */
export const downloadExport = (caller: Member, id: string): Promise<Download> =>
  inTenant(caller, ['AuditEvent', 'export'], async (tx, { organisationId, record }) =>
    handOut(await found(tx, organisationId, id), (event) =>
      record('audit.downloaded@1', { object: event.object }, event.fields),
    ),
  );

export const downloadProviderExport = (secret: string, id: string, source?: Source): Promise<Download> =>
  asExporter(secret, async (tx, userId) =>
    handOut(await found(tx, null, id), (event) =>
      store.recordAsStaff(tx, userId, source, { schema: 'audit.downloaded@1', ...event }),
    ),
  );

/** What the file of an export holds, for whoever files it away. Throws `export.not_found`, `export.not_ready`. */
export const describeExport = (caller: Member, id: string): Promise<ExportAbout> =>
  inTenant(caller, ['AuditEvent', 'export'], (tx, { organisationId }) => about(tx, organisationId, id));

export const describeProviderExport = (secret: string, id: string): Promise<ExportAbout> =>
  asExporter(secret, (tx) => about(tx, null, id));

const asExporter = <R>(secret: string, work: (tx: Tx, userId: string) => Promise<R>): Promise<R> =>
  store.asStaff(secret, async (tx, who) => {
    // The credential plays no part in what a role allows.
    if (!may({ ...who, secret: '' }, 'export', 'AuditEvent')) throw authzErrors('authz.forbidden');
    return work(tx, who.userId);
  });

async function ask(
  tx: Tx,
  asked: ExportRequest,
  organisationId: string | null,
  requestedById: string,
  scope: AuditScope | null = null,
) {
  const { format, recipients = [] } = asked;
  const wanted = packFilter(asked, organisationId);
  const filter = scope ? withinScope(wanted, format, scope) : wanted;
  await checkRecipients(recipients);
  const size = await store.newestSize(tx, organisationId ?? 'provider');
  if (size === null) throw exportErrors('export.no_checkpoint');
  const { first: from = 0, end: to = size } = asked;
  if (from >= to || to > size) throw exportErrors('export.range', { why: `It covers #0 to #${size - 1}.` });
  return queue(tx, { format, filter, recipients, from, to, size }, organisationId, requestedById);
}

type Wanted = Omit<store.NewExport, 'id' | 'organisationId' | 'requestedById'>;

async function queue(tx: Tx, wanted: Wanted, organisationId: string | null, requestedById: string) {
  if (exportHome() === null) throw exportErrors('export.not_configured');
  if ((await store.countOpen(tx, organisationId)) >= AT_ONCE) throw exportErrors('export.too_many');
  const { format, filter, from, to } = wanted;
  const job = { id: newId('exp'), organisationId, requestedById, ...wanted };
  await store.insert(tx, job);
  const fields = { format, filters: Object.keys(filter), from, to };
  return { job, event: { object: { type: 'audit-export', id: job.id }, fields } };
}

async function found(tx: Tx, organisationId: string | null, id: string): Promise<store.ExportRow> {
  const row = isId('exp', id) ? await store.find(tx, organisationId, id) : null;
  if (!row) throw exportErrors('export.not_found');
  return row;
}

async function about(tx: Tx, organisationId: string | null, id: string): Promise<ExportAbout> {
  const row = await found(tx, organisationId, id);
  const { format, filter, recipients, sha256 } = row;
  if (sha256 === null) throw exportErrors('export.not_ready');
  const size = Number(row.size);
  const sample = row.sampleId && organisationId ? await store.sample(tx, organisationId, row.sampleId) : null;
  return {
    kind: 'cordon/export',
    id,
    file: exportName(id, { format, encrypted: recipients.length > 0 }),
    format,
    encryption: recipients.length > 0 ? { format: 'age', recipients } : null,
    filter,
    range: { from: Number(row.rangeFrom), to: Number(row.rangeTo) },
    checkpoint: { size, note: await store.noteAt(tx, organisationId ?? 'provider', size) },
    events: Number(row.events),
    bytes: Number(row.bytes),
    sha256,
    requestedAt: row.createdAt.toISOString(),
    timezone: 'UTC',
    ...(sample
      ? {
          sample: {
            rule: SAMPLE_RULE,
            seed: sample.seed,
            seedGiven: sample.seedGiven,
            wanted: sample.wanted,
            population: sample.population,
            places: sample.places.map(Number),
          },
        }
      : {}),
  };
}

interface DownloadEvent {
  object: { type: string; id: string };
  fields: { format: string; sha256: string };
}

/** Opened before it is recorded, and recorded before a byte of it leaves. */
async function handOut(row: store.ExportRow, record: (event: DownloadEvent) => Promise<unknown>): Promise<Download> {
  const { id, format, sha256, state, expiresAt } = row;
  const home = exportHome();
  if (state !== 'ready' || sha256 === null || expiresAt.getTime() <= systemClock.now())
    throw exportErrors('export.not_ready');
  if (home === null) throw exportErrors('export.not_configured');
  const download = await openFile(home, {
    ...row,
    encrypted: row.recipients.length > 0,
    sha256,
    bytes: Number(row.bytes),
  });
  try {
    await record({ object: { type: 'audit-export', id }, fields: { format, sha256 } });
  } catch (error) {
    await download.discard();
    throw error;
  }
  return download;
}

async function views(tx: Tx, organisationId: string | null): Promise<ExportView[]> {
  const rows = await store.latest(tx, organisationId);
  const names = await store.namesOf(tx, [...new Set(rows.map(({ requestedById }) => requestedById))]);
  return rows.map((row) => toView(row, names));
}

const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value));

function toView(row: store.ExportRow, names: ReadonlyMap<string, string>): ExportView {
  const { id, format, sha256, code, createdAt, expiresAt } = row;
  const over = row.state === 'ready' && expiresAt.getTime() <= systemClock.now();
  return {
    id,
    format,
    encrypted: row.recipients.length > 0,
    state: over ? 'expired' : row.state,
    filter: filterWords(row.filter),
    from: Number(row.rangeFrom),
    to: Number(row.rangeTo),
    size: Number(row.size),
    done: Number(row.done),
    total: Number(row.total),
    events: numberOf(row.events),
    bytes: numberOf(row.bytes),
    sha256,
    problem: code === null ? null : problemWords(code, numberOf(row.place)),
    requestedBy: names.get(row.requestedById) ?? null,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}
