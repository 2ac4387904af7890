import 'server-only';
import { createHmac, hkdfSync } from 'node:crypto';
import { identityConfig } from '../config';

/**
 * What the sign-in defence remembers instead of accounts, addresses and browsers: HMAC-SHA256, cut to 128 bits, under a key derived from
 * CORDON_CONSOLE_SECRET. All consoles of one installation give the same; whoever reads the tables cannot try addresses against them.
 */
export type KeyKind = 'account' | 'known' | 'code' | 'other' | 'address' | 'network' | 'agent';

let key: Buffer | undefined;

/** `<kind>:<hash>`; the kind says which limits apply. */
export function keyOf(kind: KeyKind, subject: string): string {
  key ??= Buffer.from(hkdfSync('sha256', identityConfig().secret, '', 'cordon sign-in defence', 32));
  const mac = createHmac('sha256', key).update(`${kind}|${subject}`, 'utf8').digest();
  return `${kind}:${mac.subarray(0, 16).toString('base64url')}`;
}
