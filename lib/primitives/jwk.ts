import { createPublicKey, verify } from 'node:crypto';
import type { PasskeyHost } from '@/lib/kernel/webauthn';

/** ECDSA and RSA by the host, for signatures of passkeys. A key that is none, for example no point of the curve, verifies nothing. */
export const verifyJwk: PasskeyHost['verifyJwk'] = ({ jwk }, message, signature) => {
  try {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
};
