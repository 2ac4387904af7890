/** Temporary access to production: what is asked for, who agreed, and where it stands, out of signed statements alone. */
export {
  COMMITTEE_LIMITS,
  type Committee,
  DESIGNATIONS,
  type Decision,
  type Designation,
  decisionTerms,
  designatedUntil,
  type OpenDecision,
  quorumOf,
  readDecision,
} from './committee';
export {
  EMPTY_LEDGER,
  type Entry,
  enter,
  GRANT_ACTS,
  isGrantAct,
  type Ledger,
  type LedgerRefusal,
  mayStart,
  OPEN_SECONDS,
  type Opening,
  type Signed,
} from './ledger';
export { accountOf, principalOf, type Sheet, type SheetGrant, sheetInput } from './sheet';
export {
  type Decided,
  ENDINGS,
  type Ended,
  type Ending,
  type Request,
  type Review,
  reviewDue,
  type Standing,
  type State,
  standingOf,
  type Vote,
} from './standing';
export {
  areGrantTerms,
  covers,
  GRANT_KINDS,
  GRANT_LIMITS,
  type GrantKind,
  type GrantTerms,
  grantTerms,
  type Need,
  PURPOSES,
  type Purpose,
  readGrantTerms,
} from './terms';
