/** Limits on hostile input, checked before the work they bound. OpenSSH allows more of each. */

/** Ed25519 (RFC 8032), in bytes. */
export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
/** Bytes of a whole certificate. */
export const MAX_CERTIFICATE_BYTES = 8192;
/** Characters of a public key or certificate on its line, comment and all. */
export const MAX_LINE = 12_288;
/** Characters of a line's comment. */
export const MAX_COMMENT = 256;
/** `ssh-keygen` takes 32. It keeps whoever asks for a certificate from choosing what is signed. */
export const MIN_NONCE_BYTES = 16;
export const MAX_NONCE_BYTES = 64;
/** OpenSSH: 256. */
export const MAX_PRINCIPALS = 64;
/** Characters of a forced command. */
export const MAX_COMMAND = 4096;
export const MAX_SOURCE_ADDRESSES = 16;
export const MAX_EXTENSIONS = 16;
/** A serial is a u64. */
export const MAX_SERIAL = 0xffff_ffff_ffff_ffffn;
