/** Temporary access to production: what is asked for, who agreed, and where it stands, out of signed statements alone. README.md has the rules. */
export { type Committee, DECISION_SECONDS, designatedUntil, type OpenDecision, quorumOf } from './committee';
export { customerOf, customerTerms, employeeOf } from './customer';
export {
  COMMITTEE_LIMITS,
  DESIGNATIONS,
  type Decision,
  type Designation,
  decisionTerms,
  readDecision,
} from './decision';
export {
  DELEGATED_ROLES,
  DELEGATION_LIMITS,
  type DelegatedRole,
  type Delegation,
  type DelegationTerms,
  delegatedRole,
  delegationEnd,
  delegationTerms,
  readDelegation,
} from './delegation';
export {
  EMPTY_LEDGER,
  type Entry,
  GRANT_ACTS,
  isGrantAct,
  LEDGER_REFUSALS,
  type Ledger,
  type LedgerRefusal,
  type Signed,
} from './entry';
export { type EndedDelegation, type Evidence, type Rebuilt, rebuild } from './evidence';
export { enter, forget, KEPT_SECONDS } from './ledger';
export {
  MEDIA_PLANE,
  mayStart,
  OPEN_SECONDS,
  type Opening,
  openingTerms,
  readOpening,
  type Way,
  watching,
} from './opening';
export {
  accountOf,
  MAX_SHEET,
  principalOf,
  readSheet,
  type Sheet,
  type SheetGrant,
  sheetInput,
  sheetText,
} from './sheet';
export {
  type Decided,
  ENDINGS,
  type Ended,
  type Ending,
  REVIEW_SECONDS,
  REVIEWERS,
  type Request,
  type Review,
  reviewDue,
  STATES,
  type Standing,
  type State,
  standingOf,
  type Vote,
} from './standing';
export {
  areGrantTerms,
  covers,
  customersText,
  GRANT_KINDS,
  GRANT_LIMITS,
  type GrantKind,
  type GrantTerms,
  grantTerms,
  type Need,
  PURPOSES,
  type Purpose,
  readGrantTerms,
  type Share,
  withMinutes,
} from './terms';
export { standingIn } from './vote';
