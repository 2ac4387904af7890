import { fromHex } from '../encoding';
import { sameBytes } from './bytes';

/**
 * Public keys of Ed25519 that are refused by their bytes, so that no verifier has to decide about them: coordinates that are not reduced, which
 * libraries read differently, and the points of small order, for which anybody can sign. (Whether there is a point at all shows when a
 * signature is verified.)
 */
const SMALL_ORDER = [
  // The y of the points of order 4, 1, 8, 8 and 2, little-endian; x has either sign.
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((hex) => fromHex(hex)!);

/** Whether 32 bytes can be the key of an honest signer, or the R of an honest signature: y below 2^255 - 19, and not of small order. */
export function isPublicKey(publicKey: Uint8Array): boolean {
  // A copy, which `slice` of a Node buffer is not.
  const y = Uint8Array.from(publicKey);
  y[31]! &= 0x7f;
  return isReduced(y) && !SMALL_ORDER.some((small) => sameBytes(small, y));
}

/** 2^255 - 19 is ED FF … FF 7F, and only the lowest byte of what is above it differs. */
const isReduced = (y: Uint8Array): boolean =>
  y[0]! < 0xed || y[31] !== 0x7f || y.subarray(1, 31).some((b) => b !== 0xff);
