import { z } from 'zod';
import { GRANT_LIMITS, type GrantKind, PURPOSES, type Purpose, type State } from '@/lib/kernel/grant';

/** What is asked of access to production, and shown of it. Safe to import in the browser. Times are ISO 8601, UTC. */
export { GRANT_LIMITS, type GrantKind, PURPOSES, type Purpose, type State };

export const CLASSES = ['edge', 'control', 'database', 'storage', 'calls'] as const;
export type TargetClass = (typeof CLASSES)[number];
export const REGIONS = ['NA', 'EU', 'AS', 'JP', 'IN', 'CN'] as const;
export const DATA_CLASSES = ['account', 'enduser', 'content', 'log'] as const;
export type DataClass = (typeof DATA_CLASSES)[number];
export const LOCKBOX_MODES = ['notify', 'approve', 'deny'] as const;
export type LockboxMode = (typeof LOCKBOX_MODES)[number];
export const STAFF_ROLES = ['administrator', 'security', 'support'] as const;

export interface TargetTerms {
  id: string;
  class: TargetClass;
  region: (typeof REGIONS)[number];
  dataClasses: DataClass[];
  /** Whose data it holds. */
  organisations: string[];
  state: 'active' | 'retired';
}

export interface PolicyTerms {
  /** Null: every role, every target of the classes. */
  roles: string[] | null;
  targets: string[] | null;
  classes: TargetClass[];
  regions: string[];
  dataClasses: DataClass[];
  maxMinutes: number;
  /** How long a request may wait. */
  decideMinutes: number;
  /** How long those on call have before everybody else of the roles is told. */
  escalateMinutes: number;
  security: number;
  onCall: number;
  denials: number;
  ticketPattern: string | null;
  files: boolean;
  breakGlass: boolean;
  ended: boolean;
}

// ---- forms

const id = z.string().max(64);
const empty = (value: unknown) => (value === '' || value === undefined ? null : value);
const whole = (min: number, max: number) => {
  const says = `A whole number, ${min} to ${max}.`;
  return z.coerce.number(says).int(says).min(min, says).max(max, says);
};
/** A minute of UTC, as browsers send it: without a zone. */
export const utcMinute = z.iso
  .datetime({ local: true, precision: -1, error: 'A time, as 2026-11-22T14:30, UTC.' })
  .refine((text) => !text.endsWith('Z'), 'Without a zone: times are UTC.');
const on = z.preprocess((value) => value === 'on' || value === 'yes', z.boolean());
const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');
/** Boxes `<prefix>.<value>` of a form. */
const boxes = <T extends string>(fields: Record<string, unknown>, prefix: string, of: readonly T[]): T[] =>
  of.filter((value) => fields[`${prefix}.${value}`] === 'on');

const TARGET = /^(?:host:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|app:[0-9a-f]{32})$/;
const targetName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(TARGET, 'host: and the name of a host, or app: and an App ID.');

export const targetForm = z
  .looseObject({
    target: targetName,
    class: z.enum(CLASSES),
    region: z.enum(REGIONS),
    organisations: z.string().max(1000).default(''),
    state: z.enum(['active', 'retired']).default('active'),
  })
  .transform((fields, context): TargetTerms => {
    const dataClasses = boxes(fields, 'data', DATA_CLASSES);
    const organisations = [...new Set(words(fields.organisations))];
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (dataClasses.length === 0) wrong('data', 'At least one class of data.');
    if (organisations.length > 8) wrong('organisations', 'At most eight organisations.');
    const { target, class: of, region, state } = fields;
    return { id: target, class: of, region, dataClasses, organisations, state };
  });

export const policyForm = z
  .looseObject({
    policy: z.preprocess(empty, id.nullable()),
    name: z.string().trim().min(1, 'A name.').max(80),
    maxMinutes: whole(1, 480),
    decideMinutes: whole(60, 1440),
    escalateMinutes: whole(2, 1440).default(10),
    security: whole(1, 3),
    onCall: whole(0, 3),
    denials: whole(1, 3),
    ticketPattern: z.preprocess(empty, z.string().trim().max(120).nullable()),
    targets: z.string().max(4000).default(''),
    files: on,
    breakGlass: on,
    ended: on,
  })
  .transform((fields, context) => {
    const {
      policy,
      name,
      maxMinutes,
      decideMinutes,
      escalateMinutes,
      security,
      onCall,
      denials,
      ticketPattern,
      files,
      breakGlass,
      ended,
    } = fields;
    const of = {
      classes: boxes(fields, 'class', CLASSES),
      regions: boxes(fields, 'region', REGIONS),
      dataClasses: boxes(fields, 'data', DATA_CLASSES),
    };
    const targets = [...new Set(words(fields.targets))];
    const roles = boxes(fields, 'role', STAFF_ROLES);
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    for (const [group, chosen] of Object.entries(of)) if (chosen.length === 0) wrong(group, 'At least one.');
    if (targets.length > 64 || !targets.every((one) => TARGET.test(one)))
      wrong('targets', 'Names of targets, at most 64, or nothing for all of the classes.');
    if (escalateMinutes > decideMinutes) wrong('escalateMinutes', 'At most the minutes to decide.');
    const terms: PolicyTerms = {
      ...of,
      roles: roles.length === 0 ? null : roles,
      targets: targets.length === 0 ? null : targets,
      ...{
        maxMinutes,
        decideMinutes,
        escalateMinutes,
        security,
        onCall,
        denials,
        ticketPattern,
        files,
        breakGlass,
        ended,
      },
    };
    return { policy, name, terms };
  });
export type PolicyRequest = z.output<typeof policyForm>;

const line = (min: number, max: number, says: string) =>
  z
    .string()
    .transform((text) => text.replace(/\s+/gu, ' ').trim())
    .pipe(z.string().min(min, says).max(max, says));
const reason = line(
  GRANT_LIMITS.reason.min,
  GRANT_LIMITS.reason.max,
  `Why, in ${GRANT_LIMITS.reason.min} to ${GRANT_LIMITS.reason.max} characters. Whoever is concerned reads it.`,
);
const minutes = whole(1, 480);
const purpose = z.enum(PURPOSES);
const ticket = z.string().trim().max(GRANT_LIMITS.ticket).default('');

/** Boxes `target.<id>`; the id of the request is made with the page, so that what is signed is what is sent. */
export const askForm = z
  .looseObject({
    request: id,
    kind: z.enum(['access', 'break-glass']),
    policy: id,
    purpose,
    reason,
    ticket,
    minutes,
    command: z.preprocess(
      empty,
      z
        .string()
        .trim()
        .max(GRANT_LIMITS.command)
        .regex(/^[!-~](?:[ -~]*[!-~])?$/, 'One line of plain ASCII.')
        .nullable(),
    ),
    files: on,
    starts: z.preprocess(empty, utcMinute.nullable()),
  })
  .transform((fields, context) => {
    const targets = Object.keys(fields)
      .filter((name) => name.startsWith('target.') && fields[name] === 'on')
      .map((name) => name.slice('target.'.length))
      .sort();
    if (targets.length === 0 || targets.length > GRANT_LIMITS.targets)
      context.addIssue({ code: 'custom', path: ['targets'], message: `One to ${GRANT_LIMITS.targets} targets.` });
    const { request, kind, policy, command, files, starts } = fields;
    const startsAt = starts === null ? null : Date.parse(`${starts}Z`) / 1000;
    return {
      ...{ request, kind, policy, targets, command, files, startsAt },
      ...{ purpose: fields.purpose, reason: fields.reason, ticket: fields.ticket, minutes: fields.minutes },
    };
  });
export type AskInput = z.output<typeof askForm>;

export const extendForm = z.object({
  request: id,
  extends: id,
  minutes: whole(1, GRANT_LIMITS.minutes.extension),
  reason,
});
export const voteForm = z.object({
  request: id,
  role: z.enum(['security', 'on-call']),
  /** For whom; nothing: for oneself. */
  for: z.preprocess(empty, id.nullable()),
  verdict: z.enum(['approve', 'deny']),
  minutes,
});
export const customerVoteForm = z.object({ request: id, verdict: z.enum(['approve', 'deny']), minutes });
export const reviewForm = z.object({ request: id, verdict: z.enum(['approve', 'deny']) });
export const requestForm = z.object({ request: id });
export const commentForm = z.object({
  request: id,
  /** Between the provider and this organisation; nothing: among the staff. */
  to: z.preprocess(empty, id.nullable()),
  text: line(1, 1000, 'Up to 1,000 characters.'),
});
export const customerCommentForm = commentForm.omit({ to: true });
/** Answers the key to certify, empty for the web terminal, and the channel to watch, empty on a host. */
export const openForm = z
  .object({
    session: id,
    request: id,
    target: z.string().max(80),
    through: z.enum(['web terminal', 'key', 'media-plane']),
    publicKey: z.string().trim().max(1024).default(''),
    channel: z.string().trim().max(63, 'Up to 63 characters.').default(''),
  })
  .superRefine(({ through, publicKey, channel }, context) => {
    if (through === 'key' && publicKey === '')
      context.addIssue({ code: 'custom', path: ['publicKey'], message: 'Your public key, as ssh-keygen writes it.' });
    if (through === 'media-plane' && channel === '')
      context.addIssue({ code: 'custom', path: ['channel'], message: 'The name of the channel.' });
  })
  .transform(({ through, publicKey, channel, ...rest }) => ({
    ...rest,
    publicKey: through === 'key' ? publicKey : '',
    channel: through === 'media-plane' ? channel : '',
  }));
export const LOCK_KINDS = ['user', 'target', 'project', 'device', 'everything'] as const;
export type LockKind = (typeof LOCK_KINDS)[number];
export const lockForm = z
  .object({
    kind: z.enum(LOCK_KINDS),
    subject: z.string().trim().max(128).default(''),
    reason: line(1, 500, 'Say why.'),
  })
  .superRefine(({ kind, subject }, context) => {
    const form = SUBJECTS[kind];
    if (!form.test(subject)) context.addIssue({ code: 'custom', path: ['subject'], message: SUBJECT_SAYS[kind] });
  });
const SUBJECTS: Readonly<Record<LockKind, RegExp>> = {
  user: /^usr_[0-9a-f]{32}$/,
  target: TARGET,
  project: /^[0-9a-f]{32}$/,
  device: /^psk_[0-9a-f]{32}$/,
  everything: /^$/,
};
const SUBJECT_SAYS: Readonly<Record<LockKind, string>> = {
  user: 'The id of an employee: usr_….',
  target: 'The name of a target: host:… or app:….',
  project: 'An App ID: 32 hexadecimal digits.',
  device: 'The id of a passkey: psk_….',
  everything: 'Leave this empty.',
};
export const liftForm = z.object({ lock: id });
export const lockboxForm = z.object({
  project: id,
  mode: z.enum(LOCKBOX_MODES),
  answerMinutes: whole(60, 1440),
});

// ---- what is shown

export interface Named {
  id: string;
  name: string;
}

export interface TargetView extends TargetTerms {
  changedAt: string;
}
export interface PolicyView extends PolicyTerms {
  id: string;
  version: number;
  name: string;
  changedAt: string;
}
export interface EligibilityView {
  targets: TargetView[];
  policies: PolicyView[];
  organisations: Named[];
}

export interface NeedView {
  /** `security`, `on-call`, or `customer org_…`. */
  role: string;
  count: number;
  /** `for`: whose stand-in gave it. An approval may count no longer. */
  given: { by: Named; for: Named | null; verdict: 'approve' | 'deny'; counts: boolean; minutes: number; at: string }[];
}

export interface CommentView {
  id: string;
  by: string;
  byStaff: boolean;
  /** Null: among the staff. */
  organisation: Named | null;
  text: string;
  at: string;
}

export interface RequestLine {
  id: string;
  person: Named;
  kind: GrantKind;
  targets: string[];
  minutes: number;
  purpose: string;
  ticket: string;
  requestedAt: string;
  decideBy: string;
  state: State;
  startsAt: string | null;
  deadline: string | null;
  why: string | null;
  closing: 'none' | 'closing' | 'closed' | 'failed';
  /** When the review of a break-glass is due; null where none is. */
  reviewDue: string | null;
  sessions: number;
  approvals: number;
  /** Whether the reader's answer is asked for, or why not. */
  yours:
    | { role: 'security' | 'on-call'; for: Named | null /** Why not to approve. */; refuseOnly: string | null }
    | { why: string };
}

/** Who was told of a request, and when. */
export interface RoutingView {
  toldAt: string;
  told: { person: Named; onShift: boolean }[];
  /** When everybody else is told; null: nobody was left out. */
  escalateAt: string | null;
  escalated: { at: string; to: Named[] } | null;
}

export interface RequestView extends RequestLine {
  reason: string;
  command: string | null;
  files: boolean;
  policy: string;
  extends: string | null;
  wantedStart: string | null;
  /** Exactly what is signed. */
  terms: readonly (readonly [string, string])[];
  approvedMinutes: number | null;
  maxMinutes: number | null;
  reach: TargetTerms[];
  /** Concerned customers, and how each takes part. */
  customers: { organisation: Named; mode: 'notify' | 'approve' | 'break-glass' }[];
  needs: NeedView[];
  /** Null of what was asked before there were shifts, and of break-glass. */
  routing: RoutingView | null;
  reviews: { by: Named; verdict: 'approve' | 'deny'; at: string }[];
  comments: CommentView[];
  /** What the person has of what it takes, by name. */
  readiness: { missing: string[]; general: string | null; additional: string | null; agreement: string | null };
  past: { id: string; targets: string[]; state: State; requestedAt: string; minutes: number; sessions: number }[];
  held: SessionView[];
  own: boolean;
  /** What the keyring says; false: it does not answer, and this is the copy. */
  certain: boolean;
}

/** A session that was confirmed, and what opens it. `until`: the end of its grant; it has to begin before `validBefore`. */
export type Opened = { session: string; until: string; validBefore: string } & (
  | { through: 'web terminal' /** Good for one connection. */; ticket: string }
  | { through: 'key' /** The line of a file beside the key. */; certificate: string }
  | {
      through: 'media-plane';
      /** Good for one join. */
      token: string;
      /** The name that everybody in the channel sees. */
      account: string;
      appId: string;
      channel: string;
      /** Edges inside the project's fence, the preferred region first. */
      edges: { name: string; region: string; url: string }[];
    }
);

export interface GatewayView {
  /** For SSH clients; null where the installation has not said it. */
  address: { host: string; port: string } | null;
  hasTerminal: boolean;
  /** A line of known_hosts. */
  knownHosts: string | null;
}

export interface SessionView {
  id: string;
  request: string;
  person: Named;
  target: string;
  through: string;
  /** Which channel is watched; null on a host. */
  channel: string | null;
  openedAt: string;
  startedAt: string | null;
  endedAt: string | null;
  why: string | null;
  /** Of its grant. */
  active: boolean;
  deadline: string | null;
}

export interface LockView {
  id: string;
  kind: LockKind;
  subject: string;
  reason: string;
  setBy: Named;
  setAt: string;
  liftedBy: Named | null;
  liftedAt: string | null;
}

export interface LockboxView {
  project: Named;
  mode: LockboxMode;
  answerMinutes: number;
  changedAt: string | null;
}

/** A session on a target that holds data of a customer, as that customer sees it. */
export interface ProviderSessionView {
  id: string;
  target: string;
  way: 'web terminal' | 'ssh';
  from: string;
  until: string;
  /** Whether the target holds data of others as well. Then what was typed is not shown. */
  shared: boolean;
  /** Whether its record was read. */
  counted: boolean;
  /** Commands given on their own, and files copied; null: not counted, or the record could not be read. */
  commands: number | null;
  files: number | null;
  /** As typed: text, never markup. At most 20. */
  commandLines: string[];
}

/** A request as a concerned customer sees it. */
export interface ProviderAccessView {
  id: string;
  staff: string;
  employer: string;
  country: string;
  kind: GrantKind;
  mode: 'notify' | 'approve' | 'break-glass';
  purpose: string;
  reason: string;
  ticket: string;
  targets: string[];
  projects: (Named & { appId: string })[];
  dataClasses: DataClass[];
  command: string | null;
  files: boolean;
  minutes: number;
  requestedAt: string;
  answerBy: string;
  state: State;
  startsAt: string | null;
  deadline: string | null;
  why: string | null;
  answers: { by: string; verdict: 'approve' | 'deny'; minutes: number; at: string }[];
  /** Those that are over, oldest first. */
  sessions: ProviderSessionView[];
  comments: CommentView[];
  /** Channels that were watched under it, oldest first. */
  watched: WatchedView[];
  /** Whether the reader answered already. */
  answered: boolean;
}

/** Somebody of the provider in a channel; `to` is null while they are in it. */
export interface WatchedView {
  session: string;
  /** Whom the others in the channel saw. */
  account: string;
  project: Named;
  channel: string;
  from: string;
  to: string | null;
  why: string | null;
}

export interface ProviderAccessPage {
  waiting: ProviderAccessView[];
  rows: ProviderAccessView[];
  total: number;
  /** False: the key service does not answer, and what is shown is the copy. */
  certain: boolean;
}
