/**
 * `npm run bench -- <name>…` runs `<name>.bench.ts` here (all of them without a name). Each prints one JSON line per case;
 * the exit code is 1 when a target is missed or a required peer is absent.
 */
import { readdirSync } from 'node:fs';
import { register } from 'tsx/esm/api';

const SUFFIX = '.bench.ts';
const known = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))
  .sort();
const names = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark named ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}

register();
let failed = false;
for (const name of names) {
  const { bench } = await import(`./${name}${SUFFIX}`);
  await bench((result) => {
    const line = { bench: name, ...result };
    console.log(JSON.stringify(line));
    if (!line.pass) failed = true;
  });
}
process.exit(failed ? 1 : 0);
