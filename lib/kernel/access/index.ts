/**
 * Access to production judged from what a log holds: whose signatures there are, whether they grant what was granted, and whether what
 * was used fits them. lib/kernel/pack/README.md, section 8, is the specification.
 */
export { fingerprintOf } from './credentials';
export { ACCESS_SCHEMAS, type AccessEvent, accessEvent, hasAllAccess } from './events';
export {
  ACCESS_FAULTS,
  ACCESS_FINDINGS,
  type AccessFault,
  type AccessFaultCode,
  type AccessFinding,
  type AccessFindingCode,
} from './faults';
export { type JudgedAccess, type JudgedGrant, judgeAccess } from './judge';
export type { Judged } from './signed';
export { type SessionUse, type Use, usesIn } from './use';
