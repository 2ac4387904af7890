/**
 * Bytes and text. Strict decoders that answer null instead of throwing, so that hostile input costs no exception, and
 * encoders that have exactly one output per value.
 */
export { decodeBase64, encodeBase64 } from './base64';
export { canonicalJson } from './canonical-json';
export { crc32 } from './crc32';
export { fromHex, isHex, toHex } from './hex';
export { inflate } from './inflate';
export { Reader } from './reader';
export { fromUtf8, toUtf8, utf8Length } from './utf8';
export { Writer } from './writer';
