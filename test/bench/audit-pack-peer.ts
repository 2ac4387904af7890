/** Unzips a pack, hashes all of it once and parses its lines: what any verifier has to do at the least. `tsx audit-pack-peer.ts PACK` */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { readTar } from '@/lib/kernel/pack';

const tar = createReadStream(process.argv[2]!, { highWaterMark: 262_144 }).pipe(createGunzip({ chunkSize: 262_144 }));
let parsed = 0;
for await (const { name, data } of readTar(tar)) {
  const hash = createHash('sha256');
  const lines = name.endsWith('.ndjson');
  let rest = '';
  for await (const chunk of data) {
    hash.update(chunk);
    if (!lines) continue;
    const texts = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
    rest = texts.pop()!;
    for (const text of texts) if (JSON.parse(text)) parsed++;
  }
  console.log(name, hash.digest('hex'));
}
console.log(parsed);
