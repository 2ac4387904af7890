import { createHash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { header, positionsOf, shapeFor } from '@/lib/identity/passwords/bloom';
import { type Command, EXIT, UsageError } from './command';
import { readOptions } from './options';

const OPTIONS = { from: { type: 'string' }, to: { type: 'string' }, json: { type: 'boolean' } } as const;
/** One in a thousand other passwords is refused by mistake. */
const FALSE_POSITIVES = 0.001;

export const passwordsBuild: Command = {
  name: 'passwords build',
  usage: '--from LIST --to FILE [--json]',
  says: 'Makes the filter for CORDON_BREACHED_PASSWORDS from a list: one password a line, or its SHA-1 in hex as published lists have it. Takes 1.8 bytes of memory a line.',
  async run(args, out) {
    const { values } = readOptions(args, OPTIONS, 0);
    const { from, to } = values;
    if (!from || !to) throw new UsageError('--from and --to are needed');
    let entries = 0;
    for await (const digest of digestsIn(from)) entries += digest.length > 0 ? 1 : 0;
    const shape = shapeFor(entries, FALSE_POSITIVES);
    const bits = Buffer.alloc(Number(shape.bits / 8n));
    for await (const digest of digestsIn(from)) {
      for (const position of positionsOf(digest, shape.bits, shape.hashes))
        bits[Number(position >> 3n)]! |= 1 << Number(position & 7n);
    }
    writeFileSync(to, header(shape));
    writeFileSync(to, bits, { flag: 'a' });
    if (values.json)
      out.line(JSON.stringify({ entries, bytes: bits.length, hashes: shape.hashes, falsePositives: FALSE_POSITIVES }));
    else out.line(`${entries} passwords in ${bits.length} bytes. Set CORDON_BREACHED_PASSWORDS=${to} for the console.`);
    return EXIT.ok;
  },
};

/** `5BAA61E4…:3861493` or `5BAA61E4…` is a digest; any other line is a password. */
async function* digestsIn(path: string): AsyncGenerator<Buffer> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const hex = /^([0-9A-Fa-f]{40})(?::\d+)?$/.exec(line)?.[1];
    if (hex) yield Buffer.from(hex, 'hex');
    else if (line !== '') yield createHash('sha1').update(line.normalize('NFKC'), 'utf8').digest();
  }
}
