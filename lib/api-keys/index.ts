/**
 * API keys: what customers' servers sign in with, one project each, with scopes and an end; and the memory that makes their
 * repeated requests safe. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';

export { apiKeyErrors } from './errors';
export { createApiKey, listApiKeys, revokeApiKey } from './keys';
export { type KeysFate, listMadeKeys, type MadeKey, settleKeysOf } from './made';
export { type Answer, once } from './once';
export { createRateLimit, type RateLimit } from './rate';
