/**
 * Who may do what. Roles and scopes are data (`abilities`); `guarded` stands before every server action and route handler; `scoped` turns a
 * permission into a filter on rows. The database's row policies stand behind all three.
 */
import 'server-only';

export {
  ACTIONS,
  type Action,
  type ActionOn,
  abilityFor,
  actName,
  MEMBER_ROLES,
  may,
  SCOPES,
  type Scope,
  STAFF_ROLES,
  type Subject,
} from './abilities';
export { authzErrors } from './errors';
export { type Access, accessOf, type Door, guarded } from './guarded';
export {
  type GuardedRealm,
  type Principal,
  type PrincipalOf,
  type PrincipalResolver,
  setPrincipalResolver,
  type Wanted,
} from './principal';
export { type ScopedSubject, scoped } from './scoped';
export { askDigest, asking, type StepUpAsk, spendStepUp, stepUpRequired } from './spend-step-up';
export { inStaff, type StaffCaller, type StaffDesk } from './staff';
export { CUSTOMERS_TOO, STEP_UPS, type StepUpAction } from './step-ups';
export {
  type About,
  type AuditScope,
  type Caller,
  inProject,
  inTenant,
  type Need,
  type ProjectRow,
  type Source,
  type Tenant,
  type Tx,
  tenantErrors,
} from './tenant';
