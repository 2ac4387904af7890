import { toBase64url } from './base64url';

/** The public key of a passkey, of an algorithm that is registered here. ES256 and RS256 as JWK (RFC 7517): every host reads those. */
export type PasskeyKey =
  | { readonly algorithm: 'ES256'; readonly jwk: { kty: 'EC'; crv: 'P-256'; x: string; y: string } }
  | { readonly algorithm: 'RS256'; readonly jwk: { kty: 'RSA'; n: string; e: string } }
  /** Ed25519, 32 bytes. */
  | { readonly algorithm: 'EdDSA'; readonly publicKey: Uint8Array };

const MAX_ENTRIES = 8;
/** Of RSA with 4096 bits, and room. */
const MAX_BYTES = 1024;
const POINT_BYTES = 32;
const MIN_RSA_BYTES = 256;

/** The key that a COSE map is (RFC 9052 section 7, RFC 8230); null for anything else, also when something follows it. */
export function readCoseKey(bytes: Uint8Array): PasskeyKey | null {
  const map = bytes.length <= MAX_BYTES ? readMap(bytes) : null;
  if (!map) return null;
  const bytesAt = (key: number, least: number, most = least): Uint8Array | null => {
    const value = map.get(key);
    return value instanceof Uint8Array && value.length >= least && value.length <= most ? value : null;
  };
  const is = (kind: number, algorithm: number) => map.get(1) === kind && map.get(3) === algorithm;
  if (is(2, -7) && map.get(-1) === 1) {
    const [x, y] = [bytesAt(-2, POINT_BYTES), bytesAt(-3, POINT_BYTES)];
    return x && y && { algorithm: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: toBase64url(x), y: toBase64url(y) } };
  }
  if (is(1, -8) && map.get(-1) === 6) {
    const publicKey = bytesAt(-2, POINT_BYTES);
    return publicKey && { algorithm: 'EdDSA', publicKey };
  }
  if (!is(3, -257)) return null;
  const [n, e] = [bytesAt(-1, MIN_RSA_BYTES, MAX_BYTES), bytesAt(-2, 1, 8)];
  return n && e && { algorithm: 'RS256', jwk: { kty: 'RSA', n: toBase64url(n), e: toBase64url(e) } };
}

const [UNSIGNED, NEGATIVE, BYTES, MAP] = [0, 1, 2, 5];

/** A CBOR map (RFC 8949) of integers to integers and byte strings; definite lengths, and no key twice. */
function readMap(bytes: Uint8Array): Map<number, number | Uint8Array> | null {
  let at = 0;
  /** Type and number of the next item; -1 when there is none. */
  const head = (): [type: number, value: number] => {
    const first = bytes[at++];
    if (first === undefined) return [-1, 0];
    const low = first & 31;
    const more = low < 24 ? 0 : low === 24 ? 1 : low === 25 ? 2 : Number.NaN;
    if (Number.isNaN(more) || at + more > bytes.length) return [-1, 0];
    const value = more === 0 ? low : bytes.subarray(at, at + more).reduce((sum, byte) => sum * 256 + byte, 0);
    at += more;
    return [first >> 5, value];
  };
  const item = (): number | Uint8Array | null => {
    const [type, value] = head();
    if (type === UNSIGNED) return value;
    if (type === NEGATIVE) return -1 - value;
    if (type !== BYTES || at + value > bytes.length) return null;
    at += value;
    return bytes.subarray(at - value, at);
  };
  const [type, entries] = head();
  if (type !== MAP || entries > MAX_ENTRIES) return null;
  const map = new Map<number, number | Uint8Array>();
  for (let i = 0; i < entries; i++) {
    const [key, value] = [item(), item()];
    if (typeof key !== 'number' || value === null || map.has(key)) return null;
    map.set(key, value);
  }
  return at === bytes.length ? map : null;
}
