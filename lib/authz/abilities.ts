import type { Ability, RawRuleOf } from '@casl/ability';
import { createPrismaAbility, type PrismaQueryFactory } from '@casl/prisma/runtime';
import type { MemberRole, Prisma, StaffRole } from '@/lib/db';
import type { Principal } from './principal';

/** Everything that can be done, by what it is done to. Subjects are tables, but for Token. */
export const ACTIONS = {
  Organisation: ['read', 'create', 'update'],
  Membership: ['read', 'change', 'remove', 'end-sessions', 'offer-reset'],
  Invitation: ['read', 'create', 'revoke'],
  Project: [
    'read',
    'create',
    'rename',
    'freeze',
    'unfreeze',
    'archive',
    'restore',
    'change-mode',
    'change-environment',
    'change-token-policy',
    'change-fence',
    'change-staleness',
  ],
  Certificate: ['read', 'create', 'enable', 'disable', 'delete', 'reveal'],
  Token: ['mint', 'inspect'],
  Revocation: ['read', 'create'],
  ApiKey: ['read', 'create', 'revoke'],
  Decision: ['read'],
  MediaSession: ['read'],
  AuditEvent: ['read', 'export'],
  /** Where the log is streamed to. */
  AuditStream: ['read', 'create', 'change', 'rotate', 'test', 'pause', 'resume', 'send-again', 'delete'],
  /** What is kept of a log: periods, legal holds, prunings, erasures of a person's values. */
  AuditRetention: ['read', 'change'],
  AuditHold: ['set', 'release'],
  AuditPruning: ['propose', 'approve', 'withdraw'],
  AuditErasure: ['erase'],
  /** Who gets in, from where and for how long: of the organisation, or of the provider for staff. */
  AccessPolicy: ['read', 'change'],
  /** Attacks on signing in. */
  AbuseFinding: ['read'],
  Edge: ['read', 'enrol', 'ban', 'drain'],
  // Access to production (lib/grants): who may ask and agree is for designations and policies to say, beside the role.
  CommitteeDecision: ['read', 'vote'],
  /** Who stands in for an approver: of one's own duty, given and ended. */
  Delegation: ['read', 'give', 'end'],
  Training: ['read', 'record'],
  Agreement: ['read', 'publish'],
  AgreementSignature: ['read', 'sign'],
  EmployeePlace: ['read', 'record'],
  AccessTarget: ['read', 'change'],
  EligibilityPolicy: ['read', 'change'],
  AccessRequest: ['read', 'create', 'end', 'comment', 'vote', 'review', 'revoke'],
  ProductionSession: ['read', 'open'],
  /** Of anybody; a person sees their own without. */
  SessionRecording: ['read', 'watch', 'copy', 'share', 'revoke'],
  AccessLock: ['read', 'set', 'lift'],
  OnCallShift: ['read', 'set', 'hand-over', 'remove'],
  /** The customer's side of it. */
  ProviderAccess: ['read', 'decide', 'comment', 'end'],
  LockboxSetting: ['read', 'change'],
  /** People: staff see employees; a person sees and changes themselves. */
  User: ['read', 'change'],
  Session: ['read', 'end'],
  Notice: ['read', 'dismiss'],
  TotpFactor: ['read', 'enrol', 'remove'],
  /** Staff endorse one another's; a person has their own. */
  Passkey: ['read', 'add', 'rename', 'remove', 'endorse'],
  RecoveryCode: ['read', 'renew'],
} as const;

export type Subject = keyof typeof ACTIONS;
export type ActionOn<S extends Subject> = (typeof ACTIONS)[S][number];
export type Action = ActionOn<Subject>;
export type AppAbility = Ability<[Action | 'manage', Subject], PrismaQueryFactory<Prisma.TypeMap>>;

/** A line of a role: which actions on which subject; `where` narrows it to rows. */
interface Line {
  subject: Subject;
  actions: 'all' | readonly Action[];
  where?: Record<string, unknown>;
}

const all = (...subjects: Subject[]): Line[] => subjects.map((subject) => ({ subject, actions: 'all' }));
const read = (...subjects: Subject[]): Line[] => subjects.map((subject) => ({ subject, actions: ['read'] }));
const line = <S extends Subject>(subject: S, ...actions: ActionOn<S>[]): Line => ({ subject, actions });

/** Access of staff to production, and what a customer says to it. */
const PRODUCTION = [
  ...[
    'CommitteeDecision',
    'Delegation',
    'Training',
    'Agreement',
    'AgreementSignature',
    'EmployeePlace',
    'AccessTarget',
  ],
  ...['EligibilityPolicy', 'AccessRequest', 'ProductionSession', 'AccessLock', 'OnCallShift'],
] as Subject[];
const EMPLOYEE: readonly Line[] = [
  ...read(...PRODUCTION),
  line('CommitteeDecision', 'vote'),
  line('Delegation', 'give', 'end'),
  line('AgreementSignature', 'sign'),
  line('AccessRequest', 'create', 'end', 'comment', 'vote', 'review'),
  line('ProductionSession', 'open'),
  // One's own, as an on-call approver.
  line('OnCallShift', 'hand-over'),
];
const LOCKBOX = ['ProviderAccess', 'LockboxSetting'] as const;

/** What is kept of a log. */
const KEEPING = ['AuditRetention', 'AuditHold', 'AuditPruning', 'AuditErasure'] as const;

export const MEMBER_ROLES: Record<MemberRole, readonly Line[]> = {
  owner: [
    line('Organisation', 'read', 'update'),
    ...all('Membership', 'Invitation', 'Project', 'Certificate', 'Token', 'Revocation', 'ApiKey', 'AuditEvent'),
    ...all('AccessPolicy', 'AuditStream', ...KEEPING, ...LOCKBOX),
    ...read('Decision', 'MediaSession', 'Edge', 'User'),
  ],
  administrator: [
    line('Organisation', 'read', 'update'),
    line('Membership', 'read'),
    // Owners are made and unmade by owners.
    {
      subject: 'Membership',
      actions: ['change', 'remove', 'end-sessions', 'offer-reset'],
      where: { role: { not: 'owner' } },
    },
    ...all('Invitation', 'Project', 'Certificate', 'Token', 'Revocation', 'ApiKey', 'AuditEvent', 'AccessPolicy'),
    ...all('AuditStream', ...KEEPING, ...LOCKBOX),
    ...read('Decision', 'MediaSession', 'Edge', 'User'),
  ],
  developer: [
    ...read('Organisation', 'Membership', 'Decision', 'MediaSession', 'Edge', 'User', 'AccessPolicy'),
    line('Project', 'read', 'create', 'rename', 'change-token-policy', 'change-fence', 'change-staleness'),
    line('Certificate', 'read', 'create', 'enable', 'disable'),
    ...all('Token', 'Revocation', 'ApiKey'),
  ],
  auditor: [
    ...read('Organisation', 'Membership', 'Project', 'Revocation', 'Decision', 'MediaSession', 'Edge', 'User'),
    ...read('AccessPolicy', 'AuditStream', 'AuditRetention', ...LOCKBOX),
    line('AuditEvent', 'read', 'export'),
  ],
};

export const STAFF_ROLES: Record<StaffRole, readonly Line[]> = {
  administrator: [
    line('Organisation', 'read', 'create'),
    ...all('Invitation', 'User', 'Edge', 'AuditEvent', 'AccessPolicy', 'AuditStream', ...KEEPING),
    line('Passkey', 'read', 'endorse'),
    ...read('AbuseFinding'),
    ...all(...PRODUCTION, 'SessionRecording'),
  ],
  security: [
    ...read('Organisation', 'User', 'Edge', 'AccessPolicy', 'AbuseFinding', 'AuditStream', 'AuditRetention'),
    ...all('AuditEvent', 'AuditHold'),
    line('AuditPruning', 'approve', 'withdraw'),
    line('Passkey', 'read', 'endorse'),
    ...all(...PRODUCTION, 'SessionRecording'),
  ],
  support: [...read('Organisation', 'User', 'Edge', 'Passkey', 'AccessPolicy'), ...EMPLOYEE],
  auditor: [
    ...read('Organisation', 'User', 'Edge', 'Passkey', 'AccessPolicy', 'AbuseFinding', 'AuditStream', 'AuditRetention'),
    ...all('AuditEvent'),
    ...read(...PRODUCTION, 'SessionRecording'),
  ],
};

/** Scopes of an API key; each is also checked in the database for what it writes. */
export const SCOPES = {
  'project:read': read('Project', 'Certificate', 'Edge'),
  'project:write': [
    line('Project', 'rename', 'freeze', 'unfreeze', 'change-token-policy', 'change-fence', 'change-staleness'),
  ],
  'certificate:write': [line('Certificate', 'enable', 'disable')],
  'token:mint': [line('Token', 'mint')],
  'token:inspect': [line('Token', 'inspect')],
  'revocation:read': read('Revocation', 'Edge'),
  'revocation:write': [line('Revocation', 'create')],
  'decision:read': read('Decision', 'MediaSession'),
  'audit:read': read('AuditEvent'),
} as const satisfies Record<string, readonly Line[]>;
export type Scope = keyof typeof SCOPES;

/** Every signed-in person, about themselves. */
const PERSON: readonly Line[] = [
  ...all('User', 'Session', 'Notice', 'TotpFactor', 'RecoveryCode'),
  line('Passkey', 'read', 'add', 'rename', 'remove'),
];

/** Columns by which a table's rows belong to an organisation; the rest are bounded by row policies alone. */
const BY_ORGANISATION: ReadonlySet<Subject> = new Set([
  'Membership',
  'Invitation',
  'Project',
  'Certificate',
  'Revocation',
  'ApiKey',
  'Decision',
  'MediaSession',
  'AuditEvent',
  'AuditStream',
  'AccessPolicy',
  'ProviderAccess',
  'LockboxSetting',
]);

const BY_PROJECT: ReadonlySet<Subject> = new Set(['Certificate', 'Revocation', 'ApiKey', 'Decision', 'MediaSession']);

function bounds(subject: Subject, principal: Principal): Record<string, unknown> | undefined {
  if (principal.kind === 'person') return subject === 'User' ? { id: principal.userId } : { userId: principal.userId };
  if (principal.kind === 'staff') return undefined;
  if (subject === 'Organisation') return { id: principal.organisationId };
  if (!BY_ORGANISATION.has(subject)) return undefined;
  const organisation = { organisationId: principal.organisationId };
  if (principal.kind === 'member') return { ...organisation, ...scopeOf(subject, principal) };
  return subject === 'Project'
    ? { ...organisation, id: principal.projectId }
    : { ...organisation, projectId: principal.projectId };
}

/** Rows of an auditor of some projects. Of events the row policies decide: which are shown without a project, no column says. */
function scopeOf(subject: Subject, { scope }: Extract<Principal, { kind: 'member' }>): Record<string, unknown> {
  if (!scope?.projects) return {};
  if (subject === 'Project') return { id: { in: [...scope.projects] } };
  return BY_PROJECT.has(subject) ? { projectId: { in: [...scope.projects] } } : {};
}

function linesOf(principal: Principal): readonly Line[] {
  switch (principal.kind) {
    case 'member':
      return MEMBER_ROLES[principal.role];
    case 'staff':
      return STAFF_ROLES[principal.role];
    case 'person':
      return PERSON;
    case 'api-key':
      return principal.scopes.flatMap((scope) => (Object.hasOwn(SCOPES, scope) ? SCOPES[scope as Scope] : []));
  }
}

/** What a principal may do, as CASL understands it. Nothing that is not listed. */
export function abilityFor(principal: Principal): AppAbility {
  const rules = linesOf(principal).map(({ subject, actions, where }) => {
    const conditions = { ...bounds(subject, principal), ...where };
    return {
      subject,
      action: actions === 'all' ? [...ACTIONS[subject]] : [...actions],
      ...(Object.keys(conditions).length > 0 ? { conditions } : {}),
    };
  });
  return createPrismaAbility<AppAbility>(rules as RawRuleOf<AppAbility>[]);
}

/** Whether the principal may do this to some row of the subject at all. Which rows, `scoped()` says. */
export const may = <S extends Subject>(principal: Principal, action: ActionOn<S>, subject: S): boolean =>
  abilityFor(principal).can(action, subject);

/** The name of an act in audit events and step-ups, for example `certificate.reveal`, `project.change-fence`, `api-key.create`. */
export const actName = <S extends Subject>(subject: S, action: ActionOn<S>): string =>
  `${subject.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.${action}`;
