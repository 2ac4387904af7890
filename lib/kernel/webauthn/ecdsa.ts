const [SEQUENCE, INTEGER] = [0x30, 0x02];
const SCALAR_BYTES = 32;

/**
 * An ECDSA signature of P-256 as r and s, 32 bytes each (IEEE P1363), out of the DER that authenticators give. Null for what is no such
 * DER: one spelling of a signature is taken.
 */
export function rawSignature(der: Uint8Array): Uint8Array | null {
  // Two integers of at most 33 bytes: all lengths are one byte.
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2) return null;
  const raw = new Uint8Array(2 * SCALAR_BYTES);
  let at = 2;
  for (const end of [SCALAR_BYTES, 2 * SCALAR_BYTES]) {
    const length = der[at + 1] ?? 0;
    const digits = der.subarray(at + 2, at + 2 + length);
    if (der[at] !== INTEGER || length === 0 || digits.length !== length) return null;
    const [first, second] = [digits[0]!, digits[1] ?? 0];
    // Neither negative nor with a zero in front that is not needed.
    if (first > 0x7f || (first === 0 && length > 1 && second < 0x80)) return null;
    const significant = first === 0 ? digits.subarray(1) : digits;
    if (significant.length > SCALAR_BYTES) return null;
    raw.set(significant, end - significant.length);
    at += 2 + length;
  }
  return at === der.length ? raw : null;
}
