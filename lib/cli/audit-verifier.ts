import { fileURLToPath } from 'node:url';
import { ConfigError } from '@/lib/platform';
import { readVerifier, type Verifier } from '@/lib/verifier';
import { type Command, EXIT, UsageError } from './command';
import { readOptions } from './options';

export const auditVerifier: Command = {
  name: 'audit verifier',
  usage: '[--json] > verify.html',
  says: 'Prints verify.html, which does what audit verify does in a browser without network, and its SHA-256 beside it; with --json the SHA-256 alone.',
  run(args, out) {
    const { values } = readOptions(args, { json: { type: 'boolean' } }, 0);
    const { html, sha256 } = built();
    if (values.json) {
      out.line(JSON.stringify({ ok: true, bytes: html.length, sha256 }));
      return EXIT.ok;
    }
    // The file ends in the newline that ends the line.
    out.line(html.toString('utf8').replace(/\n$/, ''));
    out.error(`SHA-256 ${sha256}`);
    return EXIT.ok;
  },
};

/** Beside the bundle, or where that would be. */
function built(): Verifier {
  const bundled = import.meta.url.includes('/.build/');
  try {
    return readVerifier(
      fileURLToPath(new URL(bundled ? './verify.html' : '../../.build/verify.html', import.meta.url)),
    );
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}
