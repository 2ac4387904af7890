import type { AccessEvent } from '../access';
import { decodeBase64 } from '../encoding';
import { Frontier, HASH_BYTES, rootBeyond } from '../log';
import { sameBytes } from './bytes';
import { PackFault } from './faults';
import type { PackSource } from './files';
import type { VerifyingHost } from './host';
import { type LineFile, type LineRules, lineJudge, type Times } from './judge';
import { JudgedFile, type JudgedLine } from './judged-file';
import { leavesOf, openFile, type Pack } from './read';
import { schemasOf } from './schemas';

/** What the walk saw, for a report. */
export interface Walked {
  readonly events: number;
  readonly stubs: number;
  /** Earliest and latest `at` of the events; null without any. */
  readonly times: Times | null;
  /** Events about access to production, as the log holds them, when they were asked for; null when they are too many to hold. */
  readonly access: readonly AccessEvent[] | null;
}

/** Lines walked between two calls of `progress`. */
const STEP = 8192;

/**
 * Walks through the leaves with events and stubs side by side, so that every index has exactly one line and every line is what the log holds.
 * What a line says by itself is judged before, perhaps elsewhere (`judge.ts`); here is what needs an order. The leaves are folded once more: all
 * that is found here holds of the same bytes, whatever the medium answered the first time. Throws PackFault.
 */
export async function walk(
  host: VerifyingHost,
  source: PackSource,
  pack: Pack,
  asked: { access: boolean; progress?(done: number, total: number): void },
): Promise<Walked> {
  const { manifest, range } = pack;
  const { from, to } = manifest.range;
  const { filter, opened, provable, files } = manifest;
  const rules: LineRules = {
    filter,
    opened,
    provable,
    schemas: schemasOf(host, pack.files.get('schemas.json')!),
    access: asked.access,
  };
  const bytes = files['events.ndjson']!.bytes + files['stubs.ndjson']!.bytes;
  const others = host.lineJudges?.(rules, bytes);
  const judge = others ?? lineJudge(host, rules);
  const leaves = new Leaves(leavesOf(openFile(source, 'leaves.bin')));
  const events = new JudgedFile('events.ndjson', dataOf(source, pack, 'events.ndjson'), judge);
  const stubs = new JudgedFile('stubs.ndjson', dataOf(source, pack, 'stubs.ndjson'), judge);
  const frontier = Frontier.of(host, { size: from, hashes: range.left })!;
  let [eventCount, stubCount] = [0, 0];
  try {
    let event = await events.next();
    let stub = await stubs.next();
    for (let index = from; index < to; index++) {
      for (const line of [event, stub]) if (line && line.index < index) throw misplaced(line);
      if (event?.index === index && stub?.index === index) throw misplaced(stub);
      const line = event?.index === index ? event : stub?.index === index ? stub : null;
      if (!line) throw new PackFault('missing', 'no line has it here', { index });
      const held = leaves.next();
      const leaf = held instanceof Promise ? await held : held;
      if (!leaf || !sameBytes(line.leaf, leaf)) {
        throw at(line, 'event', 'its hash is not the leaf of the log at this index');
      }
      if (line.fault) throw line.fault;
      frontier.append(line.leaf);
      if (line === event) {
        eventCount++;
        const next = events.next();
        event = next instanceof Promise ? await next : next;
      } else {
        stubCount++;
        const next = stubs.next();
        stub = next instanceof Promise ? await next : next;
      }
      if ((index - from) % STEP === STEP - 1) asked.progress?.(index - from + 1, to - from);
    }
    for (const line of [event, stub]) if (line) throw misplaced(line);
    if ((await leaves.next()) !== null) throw changed();
    const root = rootBeyond(host, frontier, manifest.checkpoint.size, range.right);
    if (!root || !sameBytes(root, decodeBase64(manifest.checkpoint.root)!)) throw changed();
  } finally {
    await Promise.all([leaves.close(), events.close(), stubs.close()]);
    await others?.close();
  }
  if (eventCount !== manifest.counts.events || stubCount !== manifest.counts.stubs) {
    throw new PackFault('count', `there are ${eventCount} events and ${stubCount} stubs`, { file: 'manifest.json' });
  }
  return { events: eventCount, stubs: stubCount, times: events.times, access: events.access };
}

/** To get at a file of an archive, all before it is unpacked: for an empty file that is spared. */
const dataOf = (source: PackSource, { manifest }: Pack, file: LineFile): AsyncIterable<Uint8Array> =>
  manifest.files[file]!.bytes === 0 ? nothing() : openFile(source, file);

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Leaf hashes one after the other. */
class Leaves {
  private some: Uint8Array = new Uint8Array(0);
  private at = 0;

  constructor(private readonly chunks: AsyncGenerator<Uint8Array>) {}

  /** Of use until the next is asked for; null after the last. A promise only where bytes have to be waited for. */
  next(): Uint8Array | null | Promise<Uint8Array | null> {
    if (this.at === this.some.length) return this.refill();
    this.at += HASH_BYTES;
    return this.some.subarray(this.at - HASH_BYTES, this.at);
  }

  async close(): Promise<void> {
    await this.chunks.return(undefined);
  }

  private async refill(): Promise<Uint8Array | null> {
    do {
      const { done, value } = await this.chunks.next();
      if (done) return null;
      this.some = value;
      this.at = 0;
    } while (this.some.length === 0);
    return this.next();
  }
}

const at = ({ index, file, line }: JudgedLine, code: 'event' | 'misplaced', detail: string) =>
  new PackFault(code, detail, { index, file, line });
const misplaced = (line: JudgedLine) => at(line, 'misplaced', 'the index stood before, or is outside the range');
const changed = () => new PackFault('root', 'the leaves changed while they were read', { file: 'leaves.bin' });
