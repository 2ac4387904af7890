import {
  FSCK_FAULTS,
  type FsckCode,
  type FsckReport,
  fsck,
  type KnownHead,
  openChecker,
  openSigned,
  type Progress,
} from '@/lib/audit/fsck';
import { MAX_NOTE_BYTES, type NoteKey, parseNote, parseVkey } from '@/lib/kernel/log';
import { KeyringError } from '@/lib/keyring';
import { primitives } from '@/lib/primitives';
import { readKeys, readSmall } from './audit-verify';
import { type Command, EXIT, type ExitCode, type Output, UsageError } from './command';
import { readOptions } from './options';
import { owner } from './owner';
import { quote } from './terminal';

/** An exit code per kind of fault; of several the worst, which is the first here. */
export const FSCK_EXITS = {
  older: 30,
  diverged: 31,
  signature: 32,
  root: 33,
  event: 34,
  missing: 35,
  misplaced: 36,
  places: 37,
  operator: 38,
  tile: 39,
  size: 40,
  columns: 41,
} as const satisfies Record<FsckCode, number>;

const SHOWN = 20;
const NO_HEAD =
  'It shows that the database agrees with itself and with what was signed. A database put back to an earlier day agrees with itself too: give a ' +
  'checkpoint that you kept (--known-head) to see that.';

export const auditFsck: Command = {
  name: 'audit fsck',
  usage: '[--log NAME] [--known-head FILE] [--vkey FILE] [--json]',
  says: 'Recomputes the stored audit logs from rows to signed roots, as the owner of the database; names the index of what is wrong; exit code 30 to 41 by kind of fault.',
  async run(args, out) {
    const { values } = readOptions(
      args,
      {
        log: { type: 'string' },
        'known-head': { type: 'string' },
        vkey: { type: 'string' },
        json: { type: 'boolean' },
      },
      0,
    );
    const { databaseUrl, logKeys } = owner();
    const keys = values.vkey === undefined ? await fromKeyring(logKeys) : readKeys(values.vkey);
    const head = values['known-head'];
    const heads = head === undefined ? [] : [await knownHead(readSmall(head, MAX_NOTE_BYTES), keys)];
    const client = await openChecker(databaseUrl, { become: true });
    const show = values.json ? null : progressOn(process.stderr);
    const started = performance.now();
    try {
      const report = await fsck(client, {
        keys,
        heads,
        ...(values.log !== undefined && { log: values.log }),
        ...(show && { progress: show.step }),
      });
      show?.end();
      const seconds = (performance.now() - started) / 1000;
      return tell(out, report, { seconds, json: values.json === true, held: heads.length > 0 });
    } catch (error) {
      if (error instanceof RangeError && error.message === 'fsck.log')
        throw new UsageError('there is no log of that name');
      throw error;
    } finally {
      await client.end();
    }
  },
};

async function fromKeyring(logKeys: () => Promise<string[]>): Promise<NoteKey[]> {
  try {
    return (await logKeys()).flatMap((vkey) => parseVkey(primitives, vkey) ?? []);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof KeyringError) && code !== 'ENOENT' && code !== 'EACCES') throw error;
    throw new UsageError('the keyring cannot be reached from here: give the keys of the log as --vkey');
  }
}

/** Its first line says of which log it is. */
async function knownHead(note: string, keys: readonly NoteKey[]): Promise<KnownHead> {
  const log = parseNote(note)?.text.split('\n', 1)[0]?.split('/').at(-1) ?? '';
  const opened = await openSigned(Buffer.from(note), log, keys);
  if (!opened) throw new UsageError('--known-head is no checkpoint signed by a key of the log');
  return { log, size: opened.size, root: opened.root };
}

function tell(
  out: Output,
  { logs, entries, faults, counts, worst }: FsckReport,
  { seconds, json, held }: { seconds: number; json: boolean; held: boolean },
): ExitCode {
  const exit = worst === null ? EXIT.ok : FSCK_EXITS[worst];
  const perSecond = Math.round(entries / Math.max(seconds, 0.001));
  if (json) {
    out.line(
      JSON.stringify({ ok: worst === null, exit, code: worst, logs, entries, seconds, perSecond, counts, faults }),
    );
    return exit;
  }
  out.line(
    worst === null
      ? 'OK  every entry, tile and checkpoint is what it has to be'
      : `FAILED  ${worst}: ${FSCK_FAULTS[worst]}`,
  );
  out.line(
    `  logs      ${logs.length}, with ${entries} entries, of which ${logs.reduce((sum, { signed }) => sum + signed, 0)} are signed`,
  );
  out.line(`  took      ${seconds.toFixed(1)} s, ${perSecond} entries/s`);
  for (const [code, count] of Object.entries(counts)) out.line(`  ${code.padEnd(9)} ${count} found`);
  for (const { code, log, index, size, eventId, detail } of faults.slice(0, SHOWN)) {
    const where = [
      `log ${quote(log)}`,
      index === undefined ? '' : `index ${index}`,
      size === undefined ? '' : `checkpoint ${size}`,
      eventId === undefined ? '' : `event ${eventId}`,
    ];
    out.line(`  - ${code} in ${where.filter(Boolean).join(', ')}: ${detail}`);
  }
  if (faults.length > SHOWN) out.line('  - and more: --json has up to 1000');
  if (!held) {
    out.line();
    out.line(NO_HEAD);
  }
  return exit;
}

/** One line that is written over, when somebody watches. */
function progressOn(stream: NodeJS.WriteStream): { step(state: Progress): void; end(): void } | null {
  if (!stream.isTTY) return null;
  let last = 0;
  return {
    step({ log, done, total }) {
      if (performance.now() - last < 200) return;
      last = performance.now();
      stream.write(`\r\u001b[K${log === null ? 'places of events' : `${log}: ${done} of ${total} entries`}`);
    },
    end: () => void stream.write('\r\u001b[K'),
  };
}
