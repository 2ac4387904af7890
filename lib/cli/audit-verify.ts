import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { ACCESS_FAULTS } from '@/lib/kernel/access';
import { ED25519, MAX_NOTE_BYTES, type NoteKey, parseVkey } from '@/lib/kernel/log';
import {
  type Asked,
  MAX_POLICY_BYTES,
  PACK_FAULTS,
  PackFault,
  type PackFaultCode,
  parsePolicy,
  verifyPack,
  verifyRecordProof,
  type WitnessPolicy,
} from '@/lib/kernel/pack';
import { ACCESS_EXIT, firstFault, plainAccess, printAccess, printAccessFailure, readDraw } from './audit-verify-access';
import { type Failure, plainReport, printFailure, printReport } from './audit-verify-print';
import { plainProof, printProof } from './audit-verify-proof';
import { host, openPack, startOf, unreadable } from './audit-verify-source';
import { type Command, EXIT, type ExitCode, type Output, UsageError } from './command';
import { readOptions } from './options';

/** An exit code per kind of failure, so that a script can tell them apart. */
export const FAULT_EXITS = {
  malformed: 10,
  file_hash: 11,
  signature: 12,
  root: 13,
  event: 14,
  missing: 15,
  misplaced: 16,
  filter: 17,
  opening: 18,
  count: 19,
  schema: 20,
  diverged: 21,
  older: 22,
  unwitnessed: 23,
  operator: 24,
  unproven: 25,
} as const satisfies Record<PackFaultCode, number>;

const PROOF_HEAD = 'c2sp.org/tlog-proof@v1\n';
const MAX_PROOF_BYTES = 1_048_576;
const MAX_KEYS_BYTES = 65_536;

export const auditVerify: Command = {
  name: 'audit verify',
  usage:
    'PACK|FILE.tlog-proof [--vkey FILE] [--origin LOG] [--known-head FILE] [--witness-policy FILE] [--seed SEED [--sample N]] [--json]',
  says: 'Shows offline that an evidence pack is complete, in order and unaltered, and judges the approvals of access to production in it, or that one event is in the log; exit code 10 to 26 by kind of failure.',
  async run(args, out) {
    const { values, positionals } = readOptions(
      args,
      {
        vkey: { type: 'string' },
        origin: { type: 'string' },
        'known-head': { type: 'string' },
        'witness-policy': { type: 'string' },
        seed: { type: 'string' },
        sample: { type: 'string' },
        json: { type: 'boolean' },
      },
      1,
    );
    const path = positionals[0]!;
    const policy = values['witness-policy'] === undefined ? undefined : readPolicy(values['witness-policy']);
    const keys = values.vkey === undefined ? [] : readKeys(values.vkey);
    const head = values['known-head'];
    const draw = readDraw(values.seed, values.sample);
    try {
      if (isProof(path)) {
        const all = [...keys, ...(policy?.logs ?? [])];
        if (all.length === 0 || head !== undefined || draw)
          throw new UsageError('a proof file needs --vkey, and takes neither --known-head nor --seed');
        const proven = await verifyRecordProof(host, readSmall(path, MAX_PROOF_BYTES), {
          keys: all,
          origin: values.origin,
          policy,
        });
        if (values.json) out.line(JSON.stringify({ ok: true, ...plainProof(proven) }));
        else printProof(out, proven);
        return EXIT.ok;
      }
      const show = values.json ? null : progressOn(process.stderr);
      const asked: Asked = {
        ...(keys.length > 0 && { keys }),
        ...(values.origin !== undefined && { origin: values.origin }),
        ...(head !== undefined && { knownHead: readBytes(head, MAX_NOTE_BYTES) }),
        ...(policy && { policy }),
        ...(show && { progress: show.step }),
      };
      const result = await verifyPack(host, openPack(path), asked);
      show?.end();
      if (!result.ok) return fail(out, result, values.json === true);
      const { access } = result.report;
      const fault = firstFault(access);
      if (values.json) {
        const of = fault ? { ok: false, ...fault, exit: ACCESS_EXIT, says: ACCESS_FAULTS[fault.code] } : { ok: true };
        out.line(JSON.stringify({ ...of, ...plainReport(result.report), ...plainAccess(access, draw) }));
      } else {
        if (fault) printAccessFailure(out, fault);
        printReport(out, result.report);
        printAccess(out, access, draw);
      }
      return fault ? ACCESS_EXIT : EXIT.ok;
    } catch (error) {
      if (!(error instanceof PackFault)) throw error;
      return fail(out, { code: error.code, detail: error.detail, ...error.place }, values.json === true);
    }
  },
};

function fail(out: Output, failure: Failure, json: boolean): ExitCode {
  const { code, detail, index = null, file = null, line = null } = failure;
  const exit = FAULT_EXITS[code];
  if (json) out.line(JSON.stringify({ ok: false, code, exit, index, file, line, says: PACK_FAULTS[code], detail }));
  else printFailure(out, failure);
  return exit;
}

/** A proof file is known by its first line. */
function isProof(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return false;
    return startOf(path, PROOF_HEAD.length).toString('latin1') === PROOF_HEAD;
  } catch (error) {
    throw error instanceof UsageError ? error : unreadable(error);
  }
}

function readBytes(path: string, limit: number): Buffer {
  try {
    if (statSync(path).size > limit) throw new UsageError('a file is longer than its kind can be');
    return readFileSync(path);
  } catch (error) {
    throw error instanceof UsageError ? error : unreadable(error);
  }
}

export const readSmall = (path: string, limit: number): string => readBytes(path, limit).toString('utf8');

/** One vkey a line; empty lines and those that begin with # are left out. */
export function readKeys(path: string): NoteKey[] {
  const lines = readSmall(path, MAX_KEYS_BYTES).split('\n');
  const keys = lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => parseVkey(host, line));
  if (!keys.every((key) => key !== null)) throw new UsageError('--vkey holds a line that is no verifier key');
  if (!keys.some(({ algorithm }) => algorithm === ED25519)) throw new UsageError('--vkey holds no key of a log');
  return keys;
}

function readPolicy(path: string): WitnessPolicy {
  const bytes = readBytes(path, MAX_POLICY_BYTES);
  if (!isUtf8(bytes)) throw new UsageError('--witness-policy is not UTF-8');
  const policy = parsePolicy(host, bytes.toString('utf8'));
  if ('line' in policy) throw new UsageError(`--witness-policy is wrong in line ${policy.line} (C2SP tlog-policy)`);
  return policy;
}

const EVERY_MS = 500;

/** For long work at a terminal: one line that is written over. */
function progressOn(stream: NodeJS.WriteStream): { step: NonNullable<Asked['progress']>; end(): void } | null {
  if (!stream.isTTY) return null;
  let shown = Date.now();
  return {
    step(phase, done, total) {
      if (Date.now() - shown < EVERY_MS) return;
      shown = Date.now();
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      stream.write(`\r\u001b[K${phase === 'files' ? 'reading the files' : 'checking the events'}: ${percent} %`);
    },
    end: () => void stream.write('\r\u001b[K'),
  };
}
