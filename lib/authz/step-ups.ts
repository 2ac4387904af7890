import type { ActionOn, Subject } from './abilities';
import type { GuardedRealm } from './principal';

type Act = { [S in Subject]: readonly [S, ActionOn<S>, GuardedRealm] }[Subject];

/**
 * Acts that ask the person for the second factor at the moment they are done, by the name the step-up is given for. The act's
 * own transaction uses it up; an API key needs its scope instead.
 */
export const STEP_UPS = {
  'certificate.reveal': ['Certificate', 'reveal', 'customer'],
  'certificate.disable': ['Certificate', 'disable', 'customer'],
  'certificate.delete': ['Certificate', 'delete', 'customer'],
  'fence.apply': ['Project', 'change-fence', 'customer'],
  'revocation.create': ['Revocation', 'create', 'customer'],
  'project.freeze': ['Project', 'freeze', 'customer'],
  'project.archive': ['Project', 'archive', 'customer'],
  'project.mode': ['Project', 'change-mode', 'customer'],
  'project.environment': ['Project', 'change-environment', 'customer'],
  'api-key.create': ['ApiKey', 'create', 'customer'],
  'access-policy.change': ['AccessPolicy', 'change', 'customer'],
  'audit.retention': ['AuditRetention', 'change', 'customer'],
  'audit.release': ['AuditHold', 'release', 'customer'],
  'audit.prune': ['AuditPruning', 'propose', 'customer'],
  'audit.approve': ['AuditPruning', 'approve', 'customer'],
  'audit.erase': ['AuditErasure', 'erase', 'customer'],
  'staff-audit.retention': ['AuditRetention', 'change', 'staff'],
  'staff-audit.release': ['AuditHold', 'release', 'staff'],
  'staff-audit.prune': ['AuditPruning', 'propose', 'staff'],
  'staff-audit.approve': ['AuditPruning', 'approve', 'staff'],
  'staff-audit.erase': ['AuditErasure', 'erase', 'staff'],
  'staff-policy.change': ['AccessPolicy', 'change', 'staff'],
  'stream.create': ['AuditStream', 'create', 'customer'],
  'stream.change': ['AuditStream', 'change', 'customer'],
  'staff-stream.create': ['AuditStream', 'create', 'staff'],
  'staff-stream.change': ['AuditStream', 'change', 'staff'],
  'edge.enrol': ['Edge', 'enrol', 'staff'],
  'edge.ban': ['Edge', 'ban', 'staff'],
  'passkey.endorse': ['Passkey', 'endorse', 'staff'],
  // Acts of lib/kernel/grant: by passkey only, and the keyring keeps what was signed.
  'committee.decide': ['CommitteeDecision', 'vote', 'staff'],
  'grant.delegate': ['Delegation', 'give', 'staff'],
  'grant.request': ['AccessRequest', 'create', 'staff'],
  'grant.vote': ['AccessRequest', 'vote', 'staff'],
  'grant.review': ['AccessRequest', 'review', 'staff'],
  'production.open': ['ProductionSession', 'open', 'staff'],
  'recording.copy': ['SessionRecording', 'copy', 'staff'],
  'recording.share': ['SessionRecording', 'share', 'staff'],
  'agreement.sign': ['AgreementSignature', 'sign', 'staff'],
  'lockbox.change': ['LockboxSetting', 'change', 'customer'],
  'session.end': ['Session', 'end', 'person'],
  'password.change': ['User', 'change', 'person'],
  'passkey.add': ['Passkey', 'add', 'person'],
  'passkey.remove': ['Passkey', 'remove', 'person'],
  'totp.enrol': ['TotpFactor', 'enrol', 'person'],
  'recovery.renew': ['RecoveryCode', 'renew', 'person'],
} as const satisfies Record<string, Act>;

export type StepUpAction = keyof typeof STEP_UPS;

/** The same act of a customer: one kind of vote, whoever is asked. */
export const CUSTOMERS_TOO = {
  'grant.vote': ['ProviderAccess', 'decide', 'customer'],
} as const satisfies Partial<Record<StepUpAction, Act>>;
