import type { EventSchema } from '@/lib/audit';
import type { CLASSES, ClassName, Severity } from './classes';

/** What an event of the log becomes. */
export interface Mapping {
  class: ClassName;
  /** Of the class; any other is activity 99 under this name. */
  activity: string;
  /** What was refused or failed is one of 2 at least. */
  severity: Severity;
  /** Whom it is about: whoever acted, the object, or the personal field that has their id (and without it the object). */
  user: string;
  /** The plain field that says which rights or role. */
  privileges?: string;
  /** A plain field that says which, or the factor itself. */
  factor?: 'factor' | 'totp' | 'passkey';
}

type More = Partial<Pick<Mapping, 'severity' | 'user' | 'privileges' | 'factor'>>;
type ActivityOf<C extends ClassName> = keyof (typeof CLASSES)[C]['activities'] & string;

const as = <C extends ClassName>(of: C, activity: ActivityOf<C>, more: More = {}): Mapping => ({
  severity: 1,
  user: 'actor',
  ...more,
  class: of,
  activity,
});
/** Something that the class has no activity for. */
const other = (of: ClassName, activity: string, more: More = {}): Mapping => ({
  severity: 1,
  user: 'actor',
  ...more,
  class: of,
  activity,
});

/** Every name that an event can have; the type refuses one without a line. */
export const MAPPINGS: Readonly<Record<EventSchema, Mapping>> = {
  'sign-in@1': as('authentication', 'Logon', { factor: 'factor' }),
  'sign-in.concurrent@1': other('authentication', 'Concurrent Session', { severity: 2 }),
  'sign-in.refused@1': as('authentication', 'Logon', { user: 'object' }),
  'sign-in.unusual@1': as('finding', 'Create', { severity: 3 }),
  'password.closed@1': as('account', 'Lock', { severity: 3, user: 'object' }),
  'abuse.detected@1': as('finding', 'Create', { severity: 4 }),
  'session.ended@1': as('authentication', 'Logoff'),
  'totp.enrolled@1': as('account', 'MFA Factor Enable', { factor: 'totp' }),
  'totp.removed@1': as('account', 'MFA Factor Disable', { factor: 'totp', severity: 2 }),
  'passkey.added@1': as('account', 'MFA Factor Enable', { factor: 'passkey' }),
  'passkey.renamed@1': other('account', 'Passkey Renamed', { factor: 'passkey' }),
  'passkey.removed@1': as('account', 'MFA Factor Disable', { factor: 'passkey', severity: 2 }),
  'passkey.endorsed@1': as('account', 'MFA Factor Enable', { factor: 'passkey', user: 'employee' }),
  'passkey.turned_down@1': as('account', 'MFA Factor Disable', { factor: 'passkey', user: 'employee' }),
  'recovery.used@1': other('account', 'Recovery Code Used', { severity: 3 }),
  'recovery.renewed@1': other('account', 'Recovery Codes Renewed', { severity: 2 }),
  'step-up@1': as('session', 'Assign Privileges', { privileges: 'action' }),
  'step-up@2': as('session', 'Assign Privileges', { privileges: 'action' }),
  'step-up.refused@1': as('session', 'Assign Privileges', { privileges: 'action' }),
  'password.changed@1': as('account', 'Password Change', { severity: 2 }),
  'password.reset_offered@1': other('account', 'Password Reset Offered', { severity: 2, user: 'person' }),
  'password.reset@1': as('account', 'Password Reset', { severity: 2 }),
  'profile.renamed@1': other('account', 'User Renamed'),
  'setup.claimed@1': as('account', 'Create', { severity: 3 }),
  'invitation.created@1': as('entity', 'Create'),
  'invitation.accepted@1': as('access', 'Assign Privileges', { privileges: 'role' }),
  'invitation.revoked@1': as('entity', 'Delete'),
  'organisation.created@1': as('entity', 'Create'),
  'organisation.renamed@1': as('entity', 'Update'),
  'member.role_changed@1': as('access', 'Assign Privileges', { privileges: 'after', user: 'member', severity: 2 }),
  'member.removed@1': as('access', 'Revoke Privileges', { privileges: 'role', user: 'member', severity: 2 }),
  'member.sessions_ended@1': as('authentication', 'Logoff', { user: 'member', severity: 2 }),
  'employee.changed@1': as('access', 'Assign Privileges', { privileges: 'role', user: 'employee', severity: 2 }),
  'employee.sessions_ended@1': as('authentication', 'Logoff', { user: 'employee', severity: 2 }),

  'project.created@1': as('entity', 'Create'),
  'project.renamed@1': as('entity', 'Update'),
  'project.frozen@1': as('entity', 'Suspend', { severity: 3 }),
  'project.unfrozen@1': as('entity', 'Resume', { severity: 2 }),
  'project.archived@1': as('entity', 'Deactivate', { severity: 2 }),
  'project.restored@1': as('entity', 'Activate', { severity: 2 }),
  'project.mode_changed@1': as('entity', 'Update', { severity: 3 }),
  'project.environment_changed@1': as('entity', 'Update', { severity: 2 }),
  'project.token_policy_changed@1': as('entity', 'Update', { severity: 2 }),
  'project.staleness_changed@1': as('entity', 'Update', { severity: 2 }),
  'certificate.added@1': as('entity', 'Create', { severity: 2 }),
  'certificate.enabled@1': as('entity', 'Enable', { severity: 2 }),
  'certificate.disabled@1': as('entity', 'Disable', { severity: 2 }),
  'certificate.deleted@1': as('entity', 'Delete', { severity: 3 }),
  'certificate.revealed@1': as('entity', 'Read', { severity: 3 }),
  'fence.changed@1': as('entity', 'Update', { severity: 3 }),
  'revocation.created@1': as('entity', 'Create', { severity: 3 }),
  'token.minted@1': as('api', 'Create'),
  'tokens.revoked@1': as('api', 'Delete', { severity: 2 }),
  'token.inspected@1': as('api', 'Read'),
  'api-key.created@1': as('entity', 'Create', { severity: 2 }),
  'api-key.revoked@1': as('entity', 'Delete', { severity: 2 }),
  'api-key.taken_over@1': as('entity', 'Update', { severity: 3 }),

  'edge.expected@1': as('entity', 'Create'),
  'edge.enrolled@1': as('entity', 'Enroll'),
  'edge.connected@1': as('lifecycle', 'Start'),
  'edge.refused_policy@1': as('lifecycle', 'Update', { severity: 4 }),
  'edge.banned@1': as('entity', 'Disable', { severity: 3 }),
  'edge.draining@1': as('entity', 'Update', { severity: 2 }),
  'enforcement.sessions_cut@1': as('api', 'Delete', { severity: 2 }),

  'access-policy.changed@1': as('entity', 'Update', { severity: 3 }),
  'access.refused@1': as('session', 'Assign Privileges', { privileges: 'action' }),
  'audit.read@1': as('resources', 'Read'),
  'audit.exported@1': as('resources', 'Export'),
  'audit.export_requested@1': other('log', 'Export Requested'),
  'audit.exported@2': as('log', 'Export', { severity: 2 }),
  'audit.exported@3': as('log', 'Export', { severity: 2 }),
  'audit.export_failed@1': as('log', 'Export'),
  'audit.downloaded@1': as('resources', 'Export', { severity: 2 }),

  'stream.created@1': as('entity', 'Create', { severity: 2 }),
  'stream.changed@1': as('entity', 'Update', { severity: 2 }),
  'stream.secret_rotated@1': as('entity', 'Update', { severity: 2 }),
  'stream.tested@1': other('log', 'Stream Tested'),
  'stream.paused@1': as('entity', 'Suspend', { severity: 2 }),
  'stream.resumed@1': as('entity', 'Resume'),
  'stream.deleted@1': as('entity', 'Delete', { severity: 2 }),
  'stream.sent_again@1': other('log', 'Stream Sent Again'),
  'stream.failing@1': other('log', 'Stream Failing', { severity: 3 }),
  'stream.recovered@1': other('log', 'Stream Recovered'),
  'stream.stopped@1': other('log', 'Stream Stopped', { severity: 4 }),
  'stream.dead_letter@1': other('log', 'Stream Dead Letter', { severity: 3 }),
  'stream.gap@1': other('log', 'Stream Gap', { severity: 4 }),

  'spool.gap@1': other('log', 'Records Missing', { severity: 4 }),
  'spool.dropped@1': other('log', 'Records Dropped', { severity: 4 }),
  'refusals.counted@1': as('finding', 'Create', { severity: 3 }),
  'audit.check_failed@1': as('finding', 'Create', { severity: 5 }),
  'audit.check_recovered@1': as('finding', 'Create', { severity: 2 }),
  'audit.reviewed@1': other('log', 'Reviewed'),

  'committee.proposed@1': as('entity', 'Create', { severity: 2 }),
  'committee.voted@1': other('access', 'Committee Vote', { severity: 2 }),
  'training.recorded@1': other('account', 'Training Recorded', { user: 'employee' }),
  'agreement.published@1': as('entity', 'Create', { severity: 2 }),
  'agreement.signed@1': other('account', 'Agreement Signed'),
  'employee.place_recorded@1': other('account', 'Place Recorded', { user: 'employee' }),
  'target.changed@1': as('entity', 'Update', { severity: 3 }),
  'eligibility.changed@1': as('entity', 'Update', { severity: 3 }),
  'grant.requested@1': other('access', 'Access Requested', { severity: 3, privileges: 'policy' }),
  'grant.voted@1': other('access', 'Access Answered', { severity: 3, privileges: 'role' }),
  'grant.commented@1': other('access', 'Access Discussed'),
  'grant.ended@1': as('access', 'Revoke Privileges', { severity: 3 }),
  'grant.reviewed@1': other('access', 'Break-Glass Reviewed', { severity: 3 }),
  'grant.settled@1': other('access', 'Access Settled', { severity: 3 }),
  'access-peer.enrolled@1': as('entity', 'Enroll'),
  'grant.account_made@1': as('entity', 'Create', { severity: 2 }),
  'grant.account_gone@1': as('entity', 'Delete', { severity: 2 }),
  'grant.login@1': as('session', 'Assign Privileges', { severity: 3, privileges: 'serial' }),
  'grant.closed@1': other('access', 'Access Closed', { severity: 2 }),
  'grant.close_failed@1': other('access', 'Access Not Closed', { severity: 5 }),
  'host.finding@1': other('access', 'Difference Found', { severity: 4 }),
  'production.started@1': as('lifecycle', 'Start', { severity: 3 }),
  'production.ended@1': other('lifecycle', 'Stop', { severity: 2 }),
  'production.refused@1': other('access', 'Session Refused', { severity: 3 }),
  'production.recorded@1': other('access', 'Screen Record Kept'),
  'recording.opened@1': as('resources', 'Read', { severity: 2 }),
  'recording.played@1': as('resources', 'Read', { severity: 2 }),
  'recording.searched@1': as('resources', 'Read', { severity: 2 }),
  'recording.downloaded@1': as('resources', 'Export', { severity: 3 }),
  'access-spool.lost@1': other('access', 'Records Lost', { severity: 4 }),
  'production.opened@1': as('session', 'Assign Privileges', { severity: 3, privileges: 'target' }),
  'access-lock.set@1': as('entity', 'Disable', { severity: 3 }),
  'access-lock.lifted@1': as('entity', 'Enable', { severity: 3 }),
  'lockbox.changed@1': as('entity', 'Update', { severity: 3 }),
  'provider_access.requested@1': other('access', 'Provider Access Requested', { severity: 3, privileges: 'mode' }),
  'provider_access.decided@1': other('access', 'Provider Access Answered', { severity: 3 }),
  'provider_access.commented@1': other('access', 'Provider Access Discussed'),
  'provider_access.ended@1': as('access', 'Revoke Privileges', { severity: 3 }),
  'provider_access.opened@1': as('session', 'Assign Privileges', { severity: 3, privileges: 'target' }),
  'provider_access.settled@1': other('access', 'Provider Access Settled', { severity: 3 }),

  'audit.retention_changed@1': other('log', 'Retention Changed', { severity: 3 }),
  'audit.hold_set@1': other('log', 'Legal Hold Set', { severity: 2 }),
  'audit.hold_release_asked@1': other('log', 'Legal Hold Release Asked', { severity: 2 }),
  'audit.hold_released@1': other('log', 'Legal Hold Released', { severity: 3 }),
  'audit.pruning_proposed@1': other('log', 'Pruning Proposed', { severity: 3 }),
  'audit.pruning_approved@1': other('log', 'Pruning Approved', { severity: 3 }),
  'audit.pruning_withdrawn@1': other('log', 'Pruning Withdrawn', { severity: 2 }),
  'audit.pruned@1': as('log', 'Delete', { severity: 3 }),
  'audit.subject_erased@1': other('log', 'Person Erased', { severity: 3 }),

  'audit.sampled@1': other('log', 'Sample Drawn'),
  'audit.view_shared@1': as('entity', 'Create'),
  'audit.view_removed@1': as('entity', 'Delete'),
  'member.terms_set@1': other('account', 'Terms of Access Set', { user: 'member', severity: 2 }),
  'member.access_ended@1': other('account', 'Access Ended', { user: 'member', severity: 2 }),
};
