/**
 * Evidence packs: an export of a log from which anybody shows, without account or network, that it is complete, in order and unaltered. The
 * README is the specification of format and verification.
 */
export { type FaultPlace, PACK_FAULTS, PackFault, type PackFaultCode } from './faults';
export { compareNames, FILES, type FileName, type PackFile, type PackSource, placeOf } from './files';
export { type Filter, matcherOf, openedFor, parseFilter } from './filter';
export type { Hasher, LineJudges, PackHost, VerifyingHost } from './host';
export { type JudgedLines, type LineFile, type LineJudge, type LineRules, lineJudge } from './judge';
export { MAX_POLICY_BYTES } from './limits';
export { type FileEntry, type Manifest, manifestBytes, parseManifest } from './manifest';
export { isWitnessed, parsePolicy, type WitnessEndpoint, type WitnessPolicy } from './policy';
export { type ProofTrust, type ProvenRecord, verifyRecordProof } from './record-proof';
export { readTar, type TarMember, tarHeader, writeTar } from './tar';
export {
  type AccessUnjudged,
  type Asked,
  PACK_STEPS,
  type PackReport,
  type PackResult,
  type PackStep,
  verifyPack,
} from './verify';
export { buildPack, type PackInput, type Spool } from './write';
