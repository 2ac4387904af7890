/**
 * Tokens: made for a customer who has no app server yet, explained to whoever asks why a join was refused, and code to make
 * them on one's own server. The server's only door; browsers may import `schemas.ts` and `snippets.ts`.
 */
import 'server-only';

export { tokenErrors } from './errors';
export { inspectToken } from './inspect';
export { mintToken } from './mint';
export { revokeTokensOf } from './minted';
export { type Snippet, snippets } from './snippets';
