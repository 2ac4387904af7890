import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { knownShapes, recordsOf, stubFields } from '@/lib/audit';
import { fromUtf8 } from '@/lib/kernel/encoding';
import { openingLine, openingOf, parseCheckpointText, parseNote, parseVkey } from '@/lib/kernel/log';
import { buildPack, openedFor, type PackSource, readTar, type Spool, verifyPack, writeTar } from '@/lib/kernel/pack';
import { keyring } from '@/lib/keyring';
import { systemClock } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { packHost } from '@/lib/primitives/pack-host';
import { readVerifier } from '@/lib/verifier';
import { linesIn, workOf, writeNew } from '../files';
import { ahead } from './ahead';
import { encrypted } from './encrypted';
import { ExportFault, Interrupted } from './fault';
import { leavesOf, proofOfOperator, proofOfRange } from './log';
import { meets, pagesOf, type Run } from './rows';
import type { Done, PlacedRow } from './store';

/** Goes through the range to write, and once more to verify. */
export const PACK_PASSES = 2;
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
    const members = await buildPack(packHost, await inputOf(run, folder, vkeys), spoolIn(folder));
    const tar = Readable.from(writeTar(members));
    const plain = job.encrypted ? join(folder, 'pack') : path;
    const written = await writeNew(plain, through(tar, createGzip({ level: constants.Z_BEST_SPEED })));
    const events = await verified(run, plain, vkeys);
    if (!job.encrypted) return { events, ...written };
    return { events, ...(await writeNew(path, encrypted(job.recipients, createReadStream(plain)))) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inputOf(run: Run, folder: string, vkeys: string[]) {
  const { jobs, job } = run;
  const waiting = join(folder, 'waiting');
  const operatorProof = await proofOfOperator(jobs, job);
  return {
    checkpoint: fromUtf8(job.note)!,
    range: { from: job.from, to: job.to },
    proof: await proofOfRange(jobs, job),
    leaves: leavesOf(jobs, job),
    events: recordsIn(run, waiting),
    stubs: isFiltered(job) ? linesIn(waiting) : none(),
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

/** Only what matches is opened at all. Stubs, which come after all records, wait in a file: the range is read once. */
async function* recordsIn(run: Run, waiting: string): AsyncGenerator<string> {
  const matches = meets(run.job);
  const opened = openedFor(run.job.filter);
  const file = isFiltered(run.job) ? await open(waiting, 'wx', 0o600) : null;
  try {
    for await (const { rows, records, others } of ahead(pagesOf(run, true), parted)) {
      for (const [i, { index }] of rows.entries()) yield lineOf(index, records[i]!);
      await file?.writeFile(others.map((row) => `${lineOf(row.index, stubFields(row, opened))}\n`).join(''));
    }
  } finally {
    await file?.close();
  }

  async function parted(page: PlacedRow[]) {
    await demandWhole(run, page);
    const rows: PlacedRow[] = [];
    const others: PlacedRow[] = [];
    for (const row of page) (demand(row, matches(row)) ? rows : others).push(row);
    return { rows, records: await recordsOf(rows.map((row) => ({ ...row, id: row.id! }))), others };
  }
}

/** Of a pruned event nothing can be opened, so no pack proves what it was. Says from which place on one can be made. */
async function demandWhole({ jobs, job }: Run, page: readonly PlacedRow[]): Promise<void> {
  if (!page.some(({ pruned }) => pruned)) return;
  const place = await jobs.wholeFrom(job);
  throw place < job.to ? new ExportFault('export.pruned', place) : new ExportFault('export.all_pruned');
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
  const result = await verifyPack(packHost, source, {
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
