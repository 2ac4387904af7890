import { canonicalJson, decodeBase64 } from '../encoding';
import { EARLY_FIELDS, entryOf, Frontier, HEADER_FIELDS, leafHash, RECORD_REASONS, rootBeyond } from '../log';
import { isObject, sameBytes } from './bytes';
import { PackFault } from './faults';
import type { PackSource } from './files';
import { matcherOf } from './filter';
import type { VerifyingHost } from './host';
import { Lines } from './lines';
import { leavesOf, openFile, type Pack } from './read';
import { schemasOf } from './schemas';

/** What the walk saw, for a report. */
export interface Walked {
  readonly events: number;
  readonly stubs: number;
  /** Earliest and latest `at` of the events; null without any. */
  readonly times: { readonly first: string; readonly last: string } | null;
}

interface Line {
  readonly file: string;
  readonly line: number;
  readonly index: number;
  readonly entry: Uint8Array;
  readonly count: number;
  readonly fields: ReadonlyMap<string, unknown>;
}

/** Lines walked between two calls of `progress`. */
const STEP = 8192;

/**
 * Walks through the leaves with events and stubs side by side, so that every index has exactly one line and every line is what the log holds.
 * The leaves are folded once more: all that is found here holds of the same bytes, whatever the medium answered the first time. Throws
 * PackFault.
 */
export async function walk(
  host: VerifyingHost,
  source: PackSource,
  pack: Pack,
  progress?: (done: number, total: number) => void,
): Promise<Walked> {
  const { manifest, range } = pack;
  const { from, to } = manifest.range;
  const leaves = leavesOf(openFile(source, 'leaves.bin'));
  const events = linesOf(source, pack, 'events.ndjson');
  const stubs = linesOf(source, pack, 'stubs.ndjson');
  const frontier = Frontier.of(host, { size: from, hashes: range.left })!;
  const checkEvent = eventCheck(host, pack);
  const checkStub = stubCheck(pack);
  let [eventCount, stubCount] = [0, 0];
  let [first, last] = ['~', ''];
  try {
    let event = await nextLine(host, events);
    let stub = await nextLine(host, stubs);
    for (let index = from; index < to; index++) {
      for (const line of [event, stub]) if (line && line.index < index) throw misplaced(line);
      if (event?.index === index && stub?.index === index) throw misplaced(stub);
      const line = event?.index === index ? event : stub?.index === index ? stub : null;
      if (!line) throw new PackFault('missing', 'no line has it here', { index });
      const { value: leaf } = await leaves.next();
      if (!leaf || !sameBytes(leafHash(host, line.entry), leaf)) {
        throw at(line, 'event', 'its hash is not the leaf of the log at this index');
      }
      frontier.append(leaf);
      if (line === event) {
        const time = checkEvent(line);
        if (time < first) first = time;
        if (time > last) last = time;
        eventCount++;
        const next = nextLine(host, events);
        event = next instanceof Promise ? await next : next;
      } else {
        checkStub(line);
        stubCount++;
        const next = nextLine(host, stubs);
        stub = next instanceof Promise ? await next : next;
      }
      if ((index - from) % STEP === STEP - 1) progress?.(index - from + 1, to - from);
    }
    for (const line of [event, stub]) if (line) throw misplaced(line);
    if (!(await leaves.next()).done) throw changed();
    const root = rootBeyond(host, frontier, manifest.checkpoint.size, range.right);
    if (!root || !sameBytes(root, decodeBase64(manifest.checkpoint.root)!)) throw changed();
  } finally {
    await Promise.all([leaves.return(undefined), events.close(), stubs.close()]);
  }
  if (eventCount !== manifest.counts.events || stubCount !== manifest.counts.stubs) {
    throw new PackFault('count', `there are ${eventCount} events and ${stubCount} stubs`, { file: 'manifest.json' });
  }
  return { events: eventCount, stubs: stubCount, times: eventCount > 0 ? { first, last } : null };
}

/** To get at a file of an archive, all before it is unpacked: for an empty file that is spared. */
const linesOf = (source: PackSource, { manifest }: Pack, file: string): Lines =>
  new Lines(file, manifest.files[file]!.bytes === 0 ? nothing() : openFile(source, file));

async function* nothing(): AsyncGenerator<Uint8Array> {}

function nextLine(host: VerifyingHost, lines: Lines, file = lines.file): Line | null | Promise<Line | null> {
  const read = (text: string | null): Line | null => {
    if (text === null) return null;
    const result = entryOf(host, text);
    if (result.ok) return { file, line: lines.count, ...result };
    throw new PackFault('malformed', RECORD_REASONS[result.reason], { file, line: lines.count });
  };
  const next = lines.next();
  return next instanceof Promise ? next.then(read) : read(next);
}

const at = (
  { index, file, line }: Line,
  code: 'event' | 'misplaced' | 'filter' | 'opening' | 'schema',
  detail: string,
) => new PackFault(code, detail, { index, file, line });
const misplaced = (line: Line) => at(line, 'misplaced', 'the index stood before, or is outside the range');
const changed = () => new PackFault('root', 'the leaves changed while they were read', { file: 'leaves.bin' });

const isEarly = (line: Line): boolean => line.count === EARLY_FIELDS.length;

/** The value of a header field, wherever the event keeps it. */
function headerOf(line: Line): (name: string) => unknown {
  const { fields } = line;
  if (!isEarly(line)) return (name) => fields.get(name);
  const header = fields.get('header');
  return (name) => (isObject(header) && Object.hasOwn(header, name) ? header[name] : undefined);
}

/** Checks an event that fits its leaf; answers its time. */
function eventCheck(host: VerifyingHost, { manifest, files }: Pack): (line: Line) => string {
  const matches = matcherOf(manifest.filter);
  const schemas = schemasOf(host, files.get('schemas.json')!);
  return (line) => {
    const names = isEarly(line) ? EARLY_FIELDS : HEADER_FIELDS;
    if (!names.every((name) => line.fields.has(name))) throw at(line, 'opening', 'an event opens all header fields');
    const field = headerOf(line);
    if (matches(field) !== true) throw at(line, 'filter', 'the event does not match');
    const about = isEarly(line) ? line.fields.get('header') : line.fields.get('about');
    const digest = isObject(about) ? about.schemaDigest : undefined;
    const schema = typeof digest === 'string' ? schemas.get(digest) : undefined;
    if (schema === undefined) throw at(line, 'schema', 'the pack does not have the shape of the event');
    if (schema !== field('schema')) throw at(line, 'schema', 'the shape is that of another schema');
    return String(field('at'));
  };
}

function stubCheck({ manifest }: Pack): (line: Line) => void {
  const matches = matcherOf(manifest.filter);
  const opened = canonicalJson([...manifest.opened].sort());
  const early = canonicalJson(manifest.opened.length > 0 ? ['header'] : []);
  return (line) => {
    const expected = isEarly(line) ? early : opened;
    if (canonicalJson([...line.fields.keys()].sort()) !== expected) {
      throw at(line, 'opening', 'a stub opens the fields of the filter and no other');
    }
    const match = matches(headerOf(line));
    if (match === null) throw at(line, 'filter', 'a field has a value that the filter cannot be asked of');
    if (match && manifest.provable) throw at(line, 'filter', 'the stub stands for an event that matches');
  };
}
