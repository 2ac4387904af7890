import { execFileSync } from 'node:child_process';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { appendAll, type NewEvent } from '@/lib/audit';
import { host } from '@/lib/cli/audit-verify-source';
import { onConnection } from '@/lib/db/control';
import { parseVkey } from '@/lib/kernel/log';
import { verifyRecordProof } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import type { MemberCaller, World } from '../contract/world';

/**
 * A log of many records, a few of them about somebody who is erased, and an attacker who kept a backup: the database's directory with its
 * write-ahead log from before, and every file the keyring has afterwards.
 */
export interface Stage {
  subject: MemberCaller;
  /** Stands in every personal value of the subject, and nowhere else. */
  canary: string;
  /** Proofs of the subject's records from before, with their values. */
  proofs: string[];
  /** Sealed values of the subject, as the backup has them. */
  sealed: Sealed[];
  /** Copies from before: of the database's directory, and of the keyring's. */
  backup: string;
  keysBefore: string;
  remove(): void;
}
interface Sealed {
  eventId: string;
  sealed: Buffer;
}

const BATCH = 500;
const PROOFS = 20;

export async function stageErasure(world: World, { events, about }: { events: number; about: number }): Promise<Stage> {
  const subject = await world.join('developer');
  const canary = `canary${randomBytes(12).toString('hex')}`;
  await write(world, subject, canary, events, about);
  await world.sequence();
  const sealed = await world.sql<Sealed>('select "eventId", "sealed" from "AuditValue" where "subject" = $1', [
    subject.userId,
  ]);
  const { exportProof } = await import('@/lib/transparency');
  const proofs: string[] = [];
  const step = Math.max(1, Math.floor(sealed.length / PROOFS));
  for (let i = 0; i < sealed.length; i += step) proofs.push((await exportProof(world.owner, sealed[i]!.eventId)).text);
  await world.sql('checkpoint');
  const copies = mkdtempSync(join(tmpdir(), 'cordon-backup-'));
  const [backup, keysBefore] = [join(copies, 'data'), join(copies, 'keys')];
  copy(world.databaseHome, backup);
  copy(world.keyringHome, keysBefore);
  const remove = () => rmSync(copies, { recursive: true, force: true });
  return { subject, canary, proofs, sealed, backup, keysBefore, remove };
}

async function write(world: World, subject: MemberCaller, canary: string, events: number, about: number) {
  const client = new pg.Client({ connectionString: world.installerUrl });
  await client.connect();
  const { organisationId } = world.owner;
  const every = Math.floor(events / about);
  const eventAt = (i: number): NewEvent<'project.renamed@1'> => {
    const own = i % every === 0;
    return {
      schema: 'project.renamed@1',
      outcome: 'success',
      organisationId,
      actor: own
        ? { kind: 'member', id: subject.userId, addressPrefix: '192.0.2.0/24', userAgent: `${canary}-agent` }
        : { kind: 'member', id: world.owner.userId },
      object: { type: 'project', id: 'prj_1' },
      ...(own ? { subject: subject.userId } : {}),
      fields: own ? { before: `${canary}-${i}`, after: `${i}-${canary}` } : { before: 'A', after: 'B' },
    };
  };
  try {
    for (let first = 0; first < events; first += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, events - first) }, (_, i) => eventAt(first + i));
      await appendAll(onConnection(client), batch);
    }
  } finally {
    await client.end();
  }
}

/** Files come and go while the server runs, as in any copy of a running database. */
function copy(from: string, to: string): void {
  try {
    execFileSync('cp', ['-a', from, to], { stdio: 'ignore' });
  } catch (error) {
    if (readdirSync(to).length === 0) throw error;
  }
}

/** Every 32 bytes that a directory of the keyring holds in any spelling keys are written in. */
export function keysIn(home: string): Buffer[] {
  const found = new Map<string, Buffer>();
  for (const path of filesBelow(home)) {
    const text = readFileSync(path, 'latin1');
    for (const [word] of text.matchAll(/[A-Za-z0-9+/_-]{43}=?|[0-9a-fA-F]{64}/g)) {
      for (const encoding of ['base64', 'hex'] as const) {
        const key = Buffer.from(word, encoding);
        if (key.length === 32) found.set(key.toString('hex'), key);
      }
    }
  }
  return [...found.values()];
}

/** How many of the sealed values any of these keys opens. */
export function opened(sealed: readonly Sealed[], keys: readonly Buffer[]): number {
  return sealed.filter((value) => keys.some((key) => opens(value, key))).length;
}

function opens({ eventId, sealed }: Sealed, key: Buffer): boolean {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(8, 20));
  decipher.setAAD(Buffer.from(`audit|${eventId}`));
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    decipher.update(sealed.subarray(20, -16));
    decipher.final();
    return true;
  } catch {
    return false;
  }
}

/** The canary as bytes, as hex, as base64 wherever it may begin in a group of three, and in two bytes a character. */
export function spellings(canary: string): Buffer[] {
  const bytes = Buffer.from(canary);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // Without what its neighbours decide.
    return text.slice(shift === 0 ? 0 : 4, Math.floor((shift + bytes.length) / 3) * 4);
  });
  return [canary, hex, hex.toUpperCase(), ...base64]
    .map((text) => Buffer.from(text))
    .concat(Buffer.from(canary, 'utf16le'));
}

export interface Scan {
  bytes: number;
  /** Files in which one of the patterns is. */
  found: string[];
}

/** Looks through all bytes of all files below a directory. */
export function scan(home: string, patterns: readonly Buffer[]): Scan {
  const overlap = Math.max(...patterns.map(({ length }) => length));
  const chunk = Buffer.alloc(8 * 1024 * 1024);
  const result: Scan = { bytes: 0, found: [] };
  for (const path of filesBelow(home)) {
    const file = openSync(path, 'r');
    let kept = 0;
    for (;;) {
      const read = readSync(file, chunk, kept, chunk.length - kept, null);
      if (read === 0) break;
      result.bytes += read;
      const seen = chunk.subarray(0, kept + read);
      if (patterns.some((pattern) => seen.includes(pattern))) {
        result.found.push(path);
        break;
      }
      kept = Math.min(overlap, seen.length);
      chunk.copy(chunk, 0, seen.length - kept, seen.length);
    }
    closeSync(file);
  }
  return result;
}

function filesBelow(home: string): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .map((name) => join(home, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

/** How many of these proofs verify, offline, with the log's keys. */
export async function verified(world: World, proofs: readonly string[]): Promise<number> {
  const { vkeys } = await (await import('@/lib/transparency')).operatorLog();
  const keys = vkeys.map((vkey) => parseVkey(primitives, vkey)!);
  const origin = `localhost:3000/audit/${world.owner.organisationId}`;
  let count = 0;
  for (const text of proofs) {
    await verifyRecordProof(host, text, { keys, origin });
    count++;
  }
  return count;
}
