/**
 * The decision: may this client join this channel at this edge, now? Pure, so that edges decide with it, the console's
 * inspector explains with it and tests replay it. `decide` for a join, `redecide` for the sweep of live sessions after
 * a policy change, `PolicyIndex` for what both read, `homeOf` for where a channel lives.
 */
export { DENY_CODES, type DenyCode, type Rule } from './codes';
export { decide } from './decide';
export { homeOf } from './home';
export { isObserverName, OBSERVER_JOIN_SECONDS, observerAccount, observerSession } from './observer';
export { DEFAULT_STALENESS, MAX_LIFETIME_SECONDS, STRICT_TOKEN_POLICY } from './policy-defaults';
export { type AppPolicy, type Change, createPolicyIndex, type PolicyIndex, type PolicyView } from './policy-index';
export { type LiveFacts, liveFacts, redecide } from './redecide';
export type { Revocations } from './revocations';
export { tokenEnd } from './times';
export {
  type Allow,
  type BundleVersion,
  type Decision,
  type Deny,
  type JoinRequest,
  PERMISSION,
  type Step,
} from './types';
export type { World } from './world';
