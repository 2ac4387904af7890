/**
 * Identity: who is at the other end. Sign-in with password and authenticator, sessions that a row decides on, step-up at
 * the moment of an act, invitations and the first-run link. Staff and customers are two realms on two origins. This is the
 * server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import './request/resolver';

/** From here rather than from lib/authz, so that whoever guards a door also has somebody to ask who knocks. */
export { guarded } from '@/lib/authz';

export { changePassword, readFactors, renameSelf } from './account';
export { errors as identityErrors, type IdentityErrorCode } from './errors';
export { confirmStepUp, requireStepUp, type StepUpPurpose, startStepUp } from './factors/step-up';
export { beginEnrolment, confirmEnrolment, giveCode, giveRecoveryCode } from './factors/totp';
export {
  acceptInvitation,
  acceptInvitationSignedIn,
  type FoundInvitation,
  findInvitation,
  newInvitationLink,
} from './joining/invitations';
export { claimSetup, setupOpen } from './joining/setup';
export { answerForm, type FormAnswer } from './request/form';
export { authOptions } from './request/next-auth';
export type { Realm } from './request/origins';
export { landingPath, type MemberRole, type Membership, organisationPath, safePath } from './request/paths';
export {
  currentPrincipal,
  landingOf,
  type MemberPage,
  membershipsOf,
  type Principal,
  requireMember,
  requirePrincipal,
  requireStaff,
} from './request/principal';
export {
  auditSource,
  clearLinkCookie,
  clearSessionCookie,
  cookieSecret,
  linkCookie,
  requestRealm,
  requestSource,
  setLinkCookie,
  setSessionCookie,
} from './request/request';
export {
  endOtherSessions,
  endSession,
  endSessionById,
  type LiveSession,
  listSessions,
  readSession,
} from './sessions/sessions';
export { type SignIn, signInWithPassword } from './sign-in/sign-in';
