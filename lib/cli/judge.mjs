/** Starts a thread of `audit verify` from the sources, as cordon.mjs does the command line; the bundle has a file of the same name. */
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

register({ tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) });
await import('./audit-verify-thread.ts');
