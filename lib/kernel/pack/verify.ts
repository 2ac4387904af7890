import { type AccessEvent, hasAllAccess, type JudgedAccess, judgeAccess } from '../access';
import { decodeBase64 } from '../encoding';
import { type NoteKey, parseCheckpointText, parseNote, sameKey, type VerifiedSignature } from '../log';
import { sameBytes } from './bytes';
import { type FaultPlace, PackFault, type PackFaultCode } from './faults';
import type { PackSource } from './files';
import type { VerifyingHost } from './host';
import type { Manifest } from './manifest';
import { isWitnessed, type WitnessPolicy } from './policy';
import { type Pack, readPack } from './read';
import {
  compareHead,
  type InOperatorLog,
  type KnownHead,
  openOperatorProof,
  openPackCheckpoint,
  packKeys,
} from './trust';
import { type Walked, walk } from './walk';

/** What is checked, in this order (README, sections 5 and 8). `lines` is shapes, every line, and counts. */
export const PACK_STEPS = [
  'files',
  'origin',
  'checkpoint',
  'root',
  'head',
  'operator',
  'witnesses',
  'lines',
  'provable',
  'access',
] as const;
export type PackStep = (typeof PACK_STEPS)[number];

/** What the auditor brings along. All of it is believed. */
export interface Asked {
  /** Keys of the log, and of cosigners to report. Without these and logs in the policy the pack's own are taken, which anybody can have made. */
  readonly keys?: readonly NoteKey[];
  /** Of the log that the pack must be from. */
  readonly origin?: string;
  /** A checkpoint (signed note) that the auditor kept. */
  readonly knownHead?: Uint8Array;
  readonly policy?: WitnessPolicy;
  progress?: (phase: 'files' | 'events', done: number, total: number) => void;
  /** Called as each step begins, also for those that nothing was asked about. */
  begins?: (step: PackStep) => void;
}

/** What was proven, and what was merely said (`manifest`). */
export interface PackReport extends Omit<Walked, 'access'> {
  readonly manifest: Manifest;
  readonly keys: readonly NoteKey[];
  /** Whose word it is that these are the log's keys. */
  readonly keysFrom: 'auditor' | 'pack';
  readonly cosigners: readonly VerifiedSignature[];
  /** Null when none was asked about. */
  readonly knownHead: KnownHead | null;
  /** Null when the pack brings no proof. */
  readonly operator: InOperatorLog | null;
  /** Which checkpoint the quorum cosigned; null when none was asked for. */
  readonly witnessed: 'checkpoint' | 'operator' | null;
  /**
   * Who signed what about access to production, of a pack that has all that it takes. What is wrong with it makes no pack wrong: that is what the
   * log holds. Else why it was not judged; null when there is nothing of it.
   */
  readonly access: JudgedAccess | AccessUnjudged | null;
}

/**
 * `filter`: events that it takes are left out. `range`: it does not begin with the log. `size`: more than a verifier holds. `host`: nothing here
 * verifies signatures of passkeys.
 */
export type AccessUnjudged = 'filter' | 'range' | 'size' | 'host';

export type PackResult =
  | { ok: true; report: PackReport }
  | ({ ok: false; code: PackFaultCode; detail: string } & FaultPlace);

/**
 * Verifies an evidence pack: that it has every event of its range that meets its filter, in order and as the log holds them. Reads the source
 * several times over, with memory that does not grow with the pack. Throws only what the source throws.
 */
export async function verifyPack(host: VerifyingHost, source: PackSource, asked: Asked = {}): Promise<PackResult> {
  try {
    return { ok: true, report: await verify(host, source, asked) };
  } catch (error) {
    if (!(error instanceof PackFault)) throw error;
    return { ok: false, code: error.code, detail: error.detail, ...error.place };
  }
}

async function verify(host: VerifyingHost, source: PackSource, asked: Asked): Promise<PackReport> {
  const begins = (step: PackStep) => asked.begins?.(step);
  begins('files');
  const pack = await readPack(host, source, {
    rootAt: asked.knownHead && sizeOf(asked.knownHead),
    progress: (done, total) => asked.progress?.('files', done, total),
  });
  const { manifest } = pack;
  begins('origin');
  if (asked.origin !== undefined && asked.origin !== manifest.origin) {
    throw new PackFault('signature', 'the pack is from another log than you ask for', { file: 'manifest.json' });
  }
  begins('checkpoint');
  const brought = [...(asked.keys ?? []), ...(asked.policy?.logs ?? [])];
  const believed = asked.keys !== undefined || brought.length > 0;
  const keys = believed ? distinct(brought) : packKeys(host, pack);
  const known = [...keys, ...(asked.policy?.witnesses ?? [])];
  const { checkpoint, cosigners } = await openPackCheckpoint(host, pack, known);
  begins('root');
  checkRoot(pack);
  begins('head');
  const knownHead = asked.knownHead ? await compareHead(host, pack, known, checkpoint, asked.knownHead) : null;
  begins('operator');
  const operator = await openOperatorProof(host, pack, known);
  begins('witnesses');
  const witnessed = asked.policy ? witnessedBy(asked.policy, cosigners, operator) : null;
  begins('lines');
  const isProviders = PROVIDER.test(manifest.origin);
  const { access, ...walked } = await walk(host, source, pack, {
    access: isProviders,
    progress: (done, total) => asked.progress?.('events', done, total),
  });
  begins('provable');
  if (!manifest.provable) throw new PackFault('unproven', 'all else is right', { file: 'manifest.json' });
  begins('access');
  const judged = access ? await accessOf(host, manifest, access) : 'size';
  const keysFrom = believed ? 'auditor' : 'pack';
  return { manifest, keys, keysFrom, cosigners, knownHead, operator, witnessed, ...walked, access: judged };
}

/** The log that access to production stands in. */
const PROVIDER = /\/audit\/provider$/;

async function accessOf(
  host: VerifyingHost,
  { filter, range }: Manifest,
  events: readonly AccessEvent[],
): Promise<JudgedAccess | AccessUnjudged | null> {
  if (!events.some(({ schema }) => schema === 'grant.requested@1')) return null;
  if (!hasAllAccess(filter)) return 'filter';
  if (range.from > 0) return 'range';
  const { sha256, verifyEd25519, verifyJwk } = host;
  return verifyJwk ? await judgeAccess({ sha256, verifyEd25519, verifyJwk }, events) : 'host';
}

/** A key may be named both by itself and in the policy. */
const distinct = (keys: readonly NoteKey[]): NoteKey[] =>
  keys.filter((key, i) => keys.findIndex((other) => sameKey(key, other)) === i);

/** Of a note that is not verified yet: what root to look out for. */
function sizeOf(note: Uint8Array): number | undefined {
  const text = parseNote(note)?.text;
  return (text && parseCheckpointText(text)?.size) || undefined;
}

function checkRoot({ manifest, root }: Pack): void {
  if (!root) throw new PackFault('root', 'it has not the hashes that its range asks for', { file: 'range.json' });
  if (!sameBytes(root, decodeBase64(manifest.checkpoint.root)!)) {
    throw new PackFault('root', 'they do not lead to the root of the checkpoint', { file: 'leaves.bin' });
  }
}

function witnessedBy(
  policy: WitnessPolicy,
  cosigners: readonly VerifiedSignature[],
  operator: InOperatorLog | null,
): 'checkpoint' | 'operator' {
  if (isWitnessed(policy, cosigners)) return 'checkpoint';
  if (operator && isWitnessed(policy, operator.cosigners)) return 'operator';
  throw new PackFault('unwitnessed', 'neither the checkpoint nor the operator log has the cosignatures of the policy');
}
