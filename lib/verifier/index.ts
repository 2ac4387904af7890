/**
 * The offline verifier as it is handed out: one HTML file, made by `npm run build` (lib/launch/verifier.ts) of what is in `page`. It goes into
 * every evidence pack, is served at /verify, and printed by `cordon audit verifier`.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@/lib/platform';

export interface Verifier {
  html: Buffer;
  /** Of the file, in hex. */
  sha256: string;
  /** The Content-Security-Policy within it, and what only a header can say. */
  policy: string;
}

const BUILT = '.build/verify.html';
const read = new Map<string, Verifier>();

/** The file at `path`, or where the build leaves it below the working directory; read once. Throws ConfigError when it is not there. */
export function readVerifier(path: string = join(process.cwd(), BUILT)): Verifier {
  const known = read.get(path);
  if (known) return known;
  let html: Buffer;
  try {
    html = readFileSync(path);
  } catch {
    throw new ConfigError(`${BUILT} is missing: npm run build makes it.`);
  }
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html.toString('utf8'))?.[1];
  if (!policy) throw new ConfigError(`${BUILT} is not the verifier: npm run build makes it.`);
  const verifier = {
    html,
    sha256: createHash('sha256').update(html).digest('hex'),
    policy: `${policy}; frame-ancestors 'none'`,
  };
  read.set(path, verifier);
  return verifier;
}

/** What a console that serves the verifier says of itself. */
export interface ServedBy {
  /** Its host. */
  name: string;
  /** Of its logs. Empty when it cannot say now. */
  vkeys: readonly string[];
}

const PLACE = '<meta name="cordon-console" content="">';

/** The same file with these words in the one place for them. Scripts do not change, so the policy is the same. */
export function servedVerifier({ html, sha256 }: Verifier, { name, vkeys }: ServedBy): string {
  const words = escaped(JSON.stringify({ name, vkeys: vkeys.join('\n'), sha256 }));
  const [before, after, ...more] = html.toString('utf8').split(PLACE);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error('the verifier has no place for words');
  return `${before}<meta name="cordon-console" content="${words}">${after}`;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
