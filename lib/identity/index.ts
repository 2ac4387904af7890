/**
 * Identity: who is at the other end. Sign-in with password and authenticator, sessions that a row decides on, step-up at
 * the moment of an act, invitations and the first-run link. Staff and customers are two realms on two origins. This is the
 * server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import './request/resolver';

/** From here rather than from lib/authz, so that whoever guards a door also has somebody to ask who knocks. */
export { guarded } from '@/lib/authz';

export { type DefenceView, type FindingView, readDefence } from './abuse/defence';
export { throttled } from './abuse/throttle';
export { changePassword, renameSelf } from './account';
export { errors as identityErrors, type IdentityErrorCode } from './errors';
export { beginPasskeyFactor, beginPasskeySignIn, givePasskey, signInWithPasskey } from './factors/passkey-sign-in';
export {
  beginPasskeyEnrolment,
  confirmPasskeyEnrolment,
  type Enrolled,
  forget as forgetPasskeys,
  listPasskeys,
  type PasskeyView,
  removePasskey,
  renamePasskey,
  waitingFingerprints,
} from './factors/passkeys';
export { giveRecoveryCodes, recoveryCodesNeeded, renewRecoveryCodes } from './factors/recovery';
export { beginEnrolment, confirmEnrolment, giveCode, readFactors, removeAuthenticator } from './factors/totp';
export {
  described as describedPasskey,
  fingerprint,
  type PasskeyCreation,
  type PasskeyRequest,
} from './factors/webauthn';
export {
  acceptInvitation,
  acceptInvitationSignedIn,
  type FoundInvitation,
  findInvitation,
  newInvitationLink,
} from './joining/invitations';
export { claimSetup, setupOpen } from './joining/setup';
export { passwordMinimum, passwordMinimumOfLink } from './passwords/store';
export { answerForm, type FormAnswer } from './request/form';
export { newLink, newViewSecret } from './request/links';
export { missingStep } from './request/missing-step';
export { isInside } from './request/networks';
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
  setViewCookie,
  viewCookie,
} from './request/request';
export { type TurnedAway, turnedAway } from './request/threshold';
export { askPasswordReset, findReset, newResetLink, resetPassword, startWithReset } from './reset/reset';
export { isSecret } from './sessions/secrets';
export {
  endOtherSessions,
  endSession,
  endSessionById,
  IDLE_SECONDS,
  type LiveSession,
  listSessions,
  type OwnSession,
  readSession,
} from './sessions/sessions';
export { type SignIn, signInWithPassword } from './sign-in/sign-in';
export { beginStepUp, confirmStepUpWithCode, confirmStepUpWithPasskey, type StepUpOffer } from './step-up/step-up';
