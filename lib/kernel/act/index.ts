/** Acts that a person confirms: the statement a passkey signs, and its digests. */
export {
  ACT_LIMITS,
  type ActStatement,
  areTerms,
  challengeOf,
  parseStatement,
  statementText,
  type Terms,
  termsDigest,
  VERDICTS,
  type Verdict,
} from './statement';
export { isTermText, oneLine, termText, termTime } from './words';
