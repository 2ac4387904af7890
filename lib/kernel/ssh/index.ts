/**
 * SSH keys and OpenSSH certificates, Ed25519 only: what an authority signs, what is read from hostile bytes and whether it counts. The
 * README says where the formats come from and where this is stricter than OpenSSH.
 */
export { areTerms, type CertificateTerms, type CertificateType, DEFAULT_EXTENSIONS } from './certificate';
export { CERTIFICATE_TYPE, toBeSigned, withSignature } from './encode';
export { MAX_CERTIFICATE_BYTES } from './limits';
export { type Certificate, formatCertificate, parseCertificate, parseCertificateLine } from './parse';
export { formatPrivateKey } from './private-key';
export { fingerprint, formatPublicKey, KEY_TYPE, keyBlob, type PublicKeyLine, parsePublicKey } from './public-key';
export { type CertificateReason, type CertificateResult, type CertificateUse, verifyCertificate } from './verify';
