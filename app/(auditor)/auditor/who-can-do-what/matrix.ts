import {
  ACTIONS,
  type Action,
  CUSTOMERS_TOO,
  MEMBER_ROLES,
  SCOPES,
  STAFF_ROLES,
  STEP_UPS,
  type Subject,
} from '@/lib/authz';

/** `some`: only for part of the rows, which the rights themselves say. */
export type Cell = 'all' | 'some' | 'none';

export interface MatrixRow {
  subject: Subject;
  action: Action;
  cells: Record<string, Cell>;
  /** Whoever may do it confirms it at that moment, in its exact terms. */
  stepUp: boolean;
}

interface Line {
  readonly subject: Subject;
  readonly actions: 'all' | readonly Action[];
  readonly where?: Record<string, unknown>;
}

function cellOf(lines: readonly Line[], subject: Subject, action: Action): Cell {
  const fitting = lines.filter(
    (line) => line.subject === subject && (line.actions === 'all' || line.actions.includes(action)),
  );
  if (fitting.length === 0) return 'none';
  return fitting.some(({ where }) => where === undefined) ? 'all' : 'some';
}

/** About oneself only, and the same for everybody who is signed in: said in a sentence instead. Of passkeys, a colleague's are endorsed. */
const OWN: Readonly<Partial<Record<Subject, 'all' | readonly Action[]>>> = {
  Session: 'all',
  Notice: 'all',
  TotpFactor: 'all',
  RecoveryCode: 'all',
  Passkey: ['add', 'rename', 'remove'],
};
export const isOwn = (subject: Subject, action: Action): boolean =>
  OWN[subject] === 'all' || Boolean(OWN[subject]?.includes(action));

/** Every act there is against each of the roles, from the same data that the guards ask. */
function matrixOf(roles: Readonly<Record<string, readonly Line[]>>, realm?: 'customer' | 'staff'): MatrixRow[] {
  return (Object.keys(ACTIONS) as Subject[]).flatMap((subject) =>
    (ACTIONS[subject] as readonly Action[])
      .filter((action) => !isOwn(subject, action))
      .map((action) => ({
        subject,
        action,
        cells: Object.fromEntries(Object.entries(roles).map(([role, lines]) => [role, cellOf(lines, subject, action)])),
        stepUp: [...Object.values(STEP_UPS), ...Object.values(CUSTOMERS_TOO)].some(
          ([of, act, whose]) => of === subject && act === action && whose === realm,
        ),
      })),
  );
}

/** Acts nobody of these may do say as much as those somebody may, so they stay. */
export const MEMBER_MATRIX = matrixOf(MEMBER_ROLES, 'customer');
export const STAFF_MATRIX = matrixOf(STAFF_ROLES, 'staff');

/** Which scopes of an API key include an act; acts no key can ever do are left out and counted. */
export const KEY_ACTS = matrixOf(SCOPES).map(({ subject, action, cells }) => ({
  subject,
  action,
  scopes: Object.keys(cells).filter((scope) => cells[scope] !== 'none'),
}));

const WORDS: Readonly<Record<Subject, string>> = {
  Organisation: 'Organisation',
  Membership: 'Members',
  Invitation: 'Invitations',
  Project: 'Projects',
  Certificate: 'App certificates',
  Token: 'Tokens',
  Revocation: 'Revocations',
  ApiKey: 'API keys',
  Decision: 'Decisions of edges',
  MediaSession: 'Media sessions',
  AuditEvent: 'Audit log',
  AuditStream: 'Streams of the audit log',
  AuditRetention: 'Periods of records',
  AuditHold: 'Legal holds',
  AuditPruning: 'Pruning of records',
  AuditErasure: 'Erasing a person’s values',
  AccessPolicy: 'Security policy',
  AbuseFinding: 'Sign-in defence',
  Edge: 'Edges',
  CommitteeDecision: 'Security committee',
  Delegation: 'Stand-ins of approvers',
  Training: 'Trainings',
  Agreement: 'Confidentiality agreement',
  AgreementSignature: 'Own signature of the agreement',
  EmployeePlace: 'Employer and country of employees',
  AccessTarget: 'Targets of production access',
  EligibilityPolicy: 'Eligibility for production access',
  AccessRequest: 'Requests for production access',
  ProductionSession: 'Sessions on production',
  SessionRecording: 'Screen records of others',
  AccessLock: 'Locks on production access',
  OnCallShift: 'Shifts of on-call approvers',
  ProviderAccess: 'Access of the provider',
  LockboxSetting: 'Lockbox of a project',
  User: 'People',
  Session: 'Own sessions',
  Notice: 'Own notices',
  TotpFactor: 'Own authenticator',
  Passkey: 'Passkeys of colleagues',
  RecoveryCode: 'Own recovery codes',
};

export const subjectName = (subject: Subject): string => WORDS[subject];

/** `change-token-policy` is read as "Change token policy". */
export const actionName = (action: Action): string => {
  const words = action.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
