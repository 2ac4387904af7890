/** Signatures of passkeys over statements, checked from evidence, in any host. */
export {
  ASSERTION_FAULTS,
  type AssertionFault,
  assertionFault,
  isDeviceBound,
  type PasskeyHost,
  type SignedAct,
} from './assertion';
export { fromBase64url } from './base64url';
export type { PasskeyKey } from './cose';
