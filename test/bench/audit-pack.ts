/**
 * An evidence pack of a whole log, verified by the command line as an auditor runs it, beside a process that only unzips the same file,
 * hashes its bytes once and parses its lines.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { splitFields } from '@/lib/audit/events';
import { type Header, headerFields, leafOf, schemaDigest, valueBytes } from '@/lib/audit/leaf';
import { knownShapes } from '@/lib/audit/shapes';
import { formatProofFile, inclusionProof, leafHash, openingLine, openingOf, rangeProof } from '@/lib/kernel/log';
import { buildPack, type Spool, writeTar } from '@/lib/kernel/pack';
import { newUuid } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { checkpointOf, host, logOf, ORIGIN, VKEY } from '../foreign/world';
import { type Result, round2 } from './measure';

const MAX_RSS_MIB = 300;
const MAX_PROOF_BYTES = 1_229;

export async function packed(emit: (result: Result) => void, events: number): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  try {
    const { pack, proofBytes } = await write(home, events);
    emit({
      ...{ case: `proof of one of ${events} events`, unit: 'bytes', ours: proofBytes, peers: {}, ratio: {} },
      ...{ targets: { most: MAX_PROOF_BYTES }, pass: proofBytes <= MAX_PROOF_BYTES },
    });
    const vkeys = join(home, 'vkeys');
    writeFileSync(vkeys, `${VKEY}\n`);
    const plain = await timed(['--import', 'tsx', 'test/bench/audit-pack-peer.ts', pack]);
    const ours = await timed(['lib/cli/cordon.mjs', 'audit', 'verify', pack, '--vkey', vkeys, '--json']);
    const ratio = { plain: round2(ours.seconds / plain.seconds) };
    emit({
      ...{ case: `pack of ${events} events verified`, unit: 's', ours: ours.seconds, peers: { plain: plain.seconds } },
      ...{ ratio, targets: { plain: 3, rssMiB: MAX_RSS_MIB }, rssMiB: ours.rssMiB },
      ...{ perSecond: Math.round(events / ours.seconds) },
      pass: ratio.plain <= 3 && ours.rssMiB <= MAX_RSS_MIB,
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** As a member signs in and out: three personal fields, opened like the header. */
function lineAt(index: number, at: number): { line: string; leaf: Uint8Array } {
  const { plain } = splitFields('sign-in@1', { factor: 'passkey', email: `person-${index}@example.com` });
  const header: Header = {
    ...{ id: newUuid(at), organisationId: 'org_bench', at: new Date(at).toISOString(), actId: newUuid(at) },
    ...{ schema: 'sign-in@1', schemaDigest: schemaDigest('sign-in@1', primitives), outcome: 'success' },
    ...{ actorKind: 'member', actor: `act_${index % 1000}`, objectType: 'session', objectId: `ses_${index}` },
    ...{ projectId: null, details: plain },
  };
  const values = { 'actor.addressPrefix': '192.0.2.0/24', 'actor.id': `usr_${index % 1000}`, email: 'p@example.com' };
  const personal = Object.entries(values).map(([name, value]) => ({
    ...{ name, salt: randomBytes(16), value: valueBytes(value) },
  }));
  const seed = randomBytes(16);
  const { entry } = leafOf(header, personal, seed, primitives);
  const names = personal.map(({ name }) => name);
  const line = openingLine(openingOf(primitives, index, [...headerFields(header, names, seed), ...personal]));
  return { line, leaf: leafHash(primitives, entry) };
}

async function write(home: string, events: number): Promise<{ pack: string; proofBytes: number }> {
  const leaves: Uint8Array[] = [];
  const lines = join(home, 'lines');
  const began = Date.UTC(2026, 0, 1);
  const all = async function* () {
    for (let index = 0; index < events; index++) {
      const { line, leaf } = lineAt(index, began + index);
      leaves.push(leaf);
      yield `${line}\n`;
    }
  };
  await pipeline(Readable.from(all()), createWriteStream(lines));
  const log = logOf(ORIGIN, leaves);
  const checkpoint = await checkpointOf(log);
  const spool: Spool = {
    write: (name, data) => pipeline(Readable.from(data), createWriteStream(join(home, name.replaceAll('/', '_')))),
    read: (name) => createReadStream(join(home, name.replaceAll('/', '_'))),
  };
  const input = {
    ...{ checkpoint, range: { from: 0, to: events }, proof: rangeProof(primitives, [0, events], events, log.read) },
    ...{ leaves: Readable.from(leaves), events: linesIn(lines), stubs: Readable.from([]) },
    ...{ filter: {}, provable: true, schemas: knownShapes(), vkeys: [VKEY] },
    ...{ createdAt: new Date(began).toISOString(), software: 'bench' },
  };
  const members = await buildPack(host, input, spool);
  const pack = join(home, 'log.cordon-pack.tar.gz');
  await pipeline(Readable.from(writeTar(members)), createGzip({ level: 1 }), createWriteStream(pack));
  const index = Math.floor(events / 3);
  const hashes = inclusionProof(primitives, index, events, log.read);
  return { pack, proofBytes: Buffer.byteLength(formatProofFile({ index, hashes, extra: null, checkpoint })) };
}

/** Opened when it is asked for: lines that come before are lost. */
async function* linesIn(path: string): AsyncGenerator<string> {
  yield* createInterface(createReadStream(path));
}

/** Says the most memory it had when it ends. */
const REPORT = `data:text/javascript,process.on('exit',()=>process.stderr.write('rss='+process.resourceUsage().maxRSS+'\\n'))`;

async function timed(args: readonly string[]): Promise<{ seconds: number; rssMiB: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', REPORT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said}`);
  const seconds = round2((performance.now() - started) / 1000);
  return { seconds, rssMiB: Math.round(Number(/rss=(\d+)/.exec(said)?.[1]) / 1024) };
}
