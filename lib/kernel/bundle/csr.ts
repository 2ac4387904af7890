/**
 * The smallest PKCS#10 certification request (RFC 2986) that both edges and control need: version 0, subject CN, a P-256 key,
 * no attributes, ecdsa-with-SHA256. Written by hand because an edge makes one a day and should not carry an ASN.1 library for it.
 */
const OID_COMMON_NAME = [0x06, 0x03, 0x55, 0x04, 0x03];
const OID_ECDSA_WITH_SHA256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

/** The part that is signed. `spki` is the DER SubjectPublicKeyInfo; `commonName` at most 64 characters (RFC 5280 ub-common-name). */
export function csrInfo(commonName: string, spki: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(commonName.slice(0, 64));
  const attribute = der(0x30, concat(Uint8Array.from(OID_COMMON_NAME), der(0x0c, name)));
  const subject = der(0x30, der(0x31, attribute));
  return der(0x30, concat(der(0x02, Uint8Array.of(0)), subject, spki, der(0xa0, new Uint8Array(0))));
}

/** The request. `signature` is the DER ECDSA signature (RFC 3279) over `info`. */
export function csr(info: Uint8Array, signature: Uint8Array): Uint8Array {
  const algorithm = der(0x30, Uint8Array.from(OID_ECDSA_WITH_SHA256));
  return der(0x30, concat(info, algorithm, der(0x03, concat(Uint8Array.of(0), signature))));
}

function der(tag: number, content: Uint8Array): Uint8Array {
  const n = content.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return concat(Uint8Array.from([tag, ...length]), content);
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
