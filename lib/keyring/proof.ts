import { createHmac } from 'node:crypto';
import type { Context } from './context';

/** The keyring's word for the database: hex HMAC-SHA256 of a proof text (README.md, "Formats") under the key the database checks with. */
export const proof = ({ keys }: Pick<Context, 'keys'>, text: string): string =>
  createHmac('sha256', keys.proofKey).update(text).digest('hex');
