import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { knownShapes, recordsOf, stubFields } from '@/lib/audit';
import { fromUtf8 } from '@/lib/kernel/encoding';
import { openingLine, openingOf, parseCheckpointText, parseNote, parseVkey } from '@/lib/kernel/log';
import { buildPack, openedFor, type PackSource, readTar, type Spool, verifyPack, writeTar } from '@/lib/kernel/pack';
import { keyring } from '@/lib/keyring';
import { systemClock } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { readVerifier } from '@/lib/verifier';
import { workOf, writeNew } from '../files';
import { encrypted } from './encrypted';
import { ExportFault, Interrupted } from './fault';
import { host } from './host';
import { leavesOf, proofOfOperator, proofOfRange } from './log';
import { meets, pagesOf, type Run } from './rows';
import type { Done } from './store';

/** Goes through the range for records, for stubs where there can be any, and once more to verify. */
export const packPasses = ({ job }: Pick<Run, 'job'>): number => (isFiltered(job) ? 3 : 2);
const isFiltered = ({ filter }: Run['job']) => Object.keys(filter).length > 0;

/**
 * Writes an evidence pack and verifies it as an auditor would: what does not verify is not handed out. One that is to be encrypted stands for that
 * in the folder of its parts, which is removed, also by the next sweep when this process is killed.
 * Throws ExportFault, with the place where there is one.
 */
export async function writePack(run: Run, home: string, path: string): Promise<Done> {
  const { job } = run;
  const folder = workOf(home, job);
  await mkdir(folder, { mode: 0o700 });
  try {
    const { logKeys: vkeys = [] } = await keyring().call('trust.describe', {});
    const members = await buildPack(host, await inputOf(run, vkeys), spoolIn(folder));
    const tar = Readable.from(writeTar(members));
    const plain = job.encrypted ? join(folder, 'pack') : path;
    const written = await writeNew(plain, through(tar, createGzip()));
    const events = await verified(run, plain, vkeys);
    if (!job.encrypted) return { events, ...written };
    return { events, ...(await writeNew(path, encrypted(job.recipients, createReadStream(plain)))) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inputOf(run: Run, vkeys: string[]) {
  const { jobs, job } = run;
  const operatorProof = await proofOfOperator(jobs, job);
  return {
    checkpoint: fromUtf8(job.note)!,
    range: { from: job.from, to: job.to },
    proof: await proofOfRange(jobs, job),
    leaves: leavesOf(jobs, job),
    events: recordsIn(run),
    stubs: isFiltered(job) ? stubsIn(run) : none(),
    filter: job.filter,
    provable: true,
    schemas: knownShapes(),
    vkeys,
    ...(operatorProof === undefined ? {} : { operatorProof }),
    verifyHtml: readVerifier().html,
    createdAt: new Date(systemClock.now()).toISOString(),
    software: 'Cordon',
  };
}

async function* none(): AsyncGenerator<string> {}

/** Only what matches is opened at all. */
async function* recordsIn(run: Run): AsyncGenerator<string> {
  const matches = meets(run.job);
  for await (const page of pagesOf(run, true)) {
    const rows = page.filter((row) => demand(row, matches(row)));
    const records = await recordsOf(rows.map((row) => ({ ...row, id: row.id! })));
    for (const [i, { index }] of rows.entries()) yield lineOf(index, records[i]!);
  }
}

async function* stubsIn(run: Run): AsyncGenerator<string> {
  const matches = meets(run.job);
  const opened = openedFor(run.job.filter);
  for await (const page of pagesOf(run, false))
    for (const row of page) if (!demand(row, matches(row))) yield lineOf(row.index, stubFields(row, opened));
}

/** What cannot be read can neither be shown nor left out. */
function demand({ id, index }: { id: string | null; index: number }, met: boolean | null): boolean {
  if (id === null) throw new ExportFault('export.missing', index);
  if (met === null) throw new ExportFault('export.altered', index);
  return met;
}

function lineOf(index: number, fields: Parameters<typeof openingOf>[2] | null): string {
  if (!fields) throw new ExportFault('export.altered', index);
  return openingLine(openingOf(primitives, index, fields));
}

/** Names of a pack's files are our own; one has a folder. */
function spoolIn(folder: string): Spool {
  const at = (name: string) => join(folder, name.replaceAll('/', '_'));
  return {
    write: async (name, data) => void (await writeNew(at(name), data)),
    read: (name) => createReadStream(at(name)),
  };
}

async function* through(from: Readable, zip: ReturnType<typeof createGzip>): AsyncGenerator<Uint8Array> {
  // Its callback has nothing to do: the error comes out of the loop.
  pipeline(from, zip, () => {});
  for await (const chunk of zip) yield chunk as Buffer;
}

async function verified({ job, progress, over }: Run, path: string, vkeys: readonly string[]): Promise<number> {
  const source: PackSource = { files: () => readTar(through(createReadStream(path), createGunzip())) };
  let seen = 0;
  const result = await verifyPack(host, source, {
    keys: vkeys.flatMap((vkey) => parseVkey(primitives, vkey) ?? []),
    origin: parseCheckpointText(parseNote(fromUtf8(job.note)!)!.text)!.origin,
    progress(phase, done) {
      if (over()) throw new Interrupted();
      if (phase !== 'events') return;
      progress.add(done - seen);
      seen = done;
    },
  });
  await progress.said();
  if (result.ok) return result.report.manifest.counts.events;
  const { code, detail, index = null } = result;
  throw new ExportFault(FAULTS[code] ?? 'export.not_proven', index, `${code}: ${detail}`);
}

const FAULTS: Readonly<Record<string, string>> = { event: 'export.altered', schema: 'export.shape' };
