/**
 * Transparency logs of audit events: what is hashed, how a log is stored as tiles, how its state is signed, and how all of it is verified
 * from hostile input. The README is the specification, complete enough to write a verifier in another language.
 */
export { personIn } from './actor';
export {
  type AddCheckpoint,
  type Cosigned,
  formatAddCheckpoint,
  MAX_ADD_CHECKPOINT_BYTES,
  parseAddCheckpoint,
  readCosigned,
  readWitnessSize,
} from './add-checkpoint';
export { decodeBundle, encodeBundle } from './bundle';
export { type Checkpoint, checkpointText, parseCheckpointText } from './checkpoint';
export { cosign } from './cosignature';
export {
  arePersonal,
  type Commitment,
  commitFields,
  EARLY_FIELDS,
  ENTRY_BYTES,
  entryOfCommitments,
  type Field,
  fieldCommitment,
  HEADER_FIELDS,
  textCommitment,
} from './fields';
export { Frontier, type FrontierState } from './frontier';
export { COSIGNATURE, ED25519, formatVkey, type NoteKey, noteKey, parseVkey, sameKey } from './keys';
export {
  HASH_BYTES,
  MAX_ENTRY_BYTES,
  MAX_EXTRA_BYTES,
  MAX_FIELD_NAME,
  MAX_FIELDS,
  MAX_LINE_BYTES,
  MAX_NOTE_BYTES,
  MAX_PROOF_FILE,
  MAX_PROOF_HASHES,
  MAX_SIZE,
  MAX_VALUES_BYTES,
  SALT_BYTES,
} from './limits';
export { emptyRoot, type Hash, leafHash, nodeHash, type Range, type Subtree } from './merkle';
export { formatNote, type Note, type NoteSignature, parseNote, type Signer, signNote } from './note';
export { type CheckpointReason, type CheckpointResult, type LogIdentity, openCheckpoint } from './open-checkpoint';
export { type FieldState, type Opening, openingLine, openingOf } from './opening';
export {
  formatProofFile,
  type ProofFile,
  type ProofReason,
  type ProofResult,
  parseProofFile,
  verifyProofFile,
} from './proof-file';
export {
  consistencyProof,
  consistencyRanges,
  inclusionProof,
  inclusionRanges,
  type SubtreeReader,
  subtreesFor,
} from './proofs';
export { isPublicKey } from './public-key';
export { leftRanges, type RangeProof, rangeProof, rightRanges, rootBeyond } from './range';
export { entryOf, RECORD_REASONS, type RecordReason, type RecordResult } from './record';
export { rootOfTiles, type TileSource, tileReader } from './tile-reader';
export {
  parseTilePath,
  TILE_WIDTH,
  type TileName,
  tileOf,
  tilePath,
  tilesFor,
  tilesOf,
  tileWidth,
} from './tiles';
export { type InclusionClaim, type TreeHead, verifyConsistency, verifyInclusion } from './verify';
export {
  type NoteReason,
  type NoteResult,
  type VerifiedSignature,
  type VerifyEd25519,
  verifyNote,
} from './verify-note';
