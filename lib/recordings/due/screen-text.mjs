/** Starts the thread that reads screens from the sources; the bundle of control has a file of the same name beside it. */
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

register({ tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)) });
await import('./thread.ts');
