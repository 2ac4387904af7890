import { isTermText, type Terms } from '../act';
import { after, inRange, isId, isTime, readTime, timeText } from './words';

/**
 * What is asked for when somebody wants into production, and what everybody who approves it puts their passkey to. The words below are the
 * terms of the statement that is signed (lib/kernel/act): there is one way to say them, and they are read back from a signature as they were
 * asked for, so that whoever checks an approval later needs nothing but the signed texts.
 */
export interface GrantTerms {
  readonly kind: GrantKind;
  /** The request whose end is moved; null unless `kind` is `extension`. */
  readonly extends: string | null;
  /** `usr_…`: who will act, and who asks. */
  readonly person: string;
  /** `host:<name>`, or `app:<App ID>` for watching calls of a project. In their order, each once. */
  readonly targets: readonly string[];
  /** Exactly this command and nothing else, in printable ASCII; null for a shell. */
  readonly command: string | null;
  /** Whether files may be copied. */
  readonly files: boolean;
  readonly purpose: Purpose;
  readonly reason: string;
  /** Empty where the policy asks for none. */
  readonly ticket: string;
  /** Unix seconds; null: when it is approved. */
  readonly startsAt: number | null;
  /** How long it lasts from its start; of an extension, by how much the end moves. An approver may put fewer, never more. */
  readonly minutes: number;
  /** Unix seconds. Without a decision by then the request is over. */
  readonly decideBy: number;
  /** Who must agree, each role once and one of them the staff's; nobody for break-glass. */
  readonly approvals: readonly Need[];
  /** Of each organisation among them, in the same order, which targets hold data of it. */
  readonly customers: readonly Share[];
  /** How many refusals end it. */
  readonly denials: number;
  /** Policy and version it was asked under: `elp_…@3`. */
  readonly policy: string;
}

export const GRANT_KINDS = ['access', 'break-glass', 'extension'] as const;
export type GrantKind = (typeof GRANT_KINDS)[number];

export const PURPOSES = [
  'customer support',
  'incident',
  'maintenance',
  'security investigation',
  'legal obligation',
] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface Need {
  /** `security`, `on-call`, or `customer org_…` for a member of that organisation. */
  readonly role: string;
  readonly count: number;
}

export interface Share {
  /** `org_…` */
  readonly organisation: string;
  /** Some of the request's, in the same order. */
  readonly targets: readonly string[];
}

/** Beyond these a request is refused. Minutes are per kind; a grant with all its extensions lasts `total` minutes at most. */
export const GRANT_LIMITS = {
  targets: 8,
  command: 512,
  reason: { min: 10, max: 500 },
  ticket: 64,
  minutes: { access: 480, 'break-glass': 60, extension: 120 },
  total: 720,
  needs: 8,
  count: 5,
  /** Characters of the term `Customers`: what one value of a statement takes. */
  customers: 1024,
  denials: 3,
  /** How far ahead a request may wait for its decision, and for its start. */
  decideSeconds: 30 * 86_400,
  startSeconds: 90 * 86_400,
} as const;

const NAMES = [
  'Access',
  'Person',
  'Targets',
  'Commands',
  'Files',
  'Purpose',
  'Reason',
  'Ticket',
  'Starts',
  'Minutes',
  'Decide by',
  'Approvals',
  'Customers',
  'Denials',
  'Policy',
] as const;

const TARGET = /^(?:host:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|app:[0-9a-f]{32})$/;
const ROLE = /^(?:security|on-call|customer org_[0-9a-f]{32})$/;
const POLICY = /^elp_[0-9a-f]{32}@[1-9][0-9]{0,8}$/;
const STAFF_ROLES: ReadonlySet<string> = new Set(['security', 'on-call']);

/** The terms as they are shown and signed. Throws `RangeError` for what cannot be asked for. */
export function grantTerms(terms: GrantTerms): Terms {
  if (!areGrantTerms(terms)) throw new RangeError('grant terms');
  const values: Record<(typeof NAMES)[number], string> = {
    Access: terms.extends === null ? terms.kind : `extension of ${terms.extends}`,
    Person: terms.person,
    Targets: terms.targets.join(', '),
    Commands: terms.command === null ? 'a shell' : `only: ${terms.command}`,
    Files: terms.files ? 'may be copied' : 'are not copied',
    Purpose: terms.purpose,
    Reason: terms.reason,
    Ticket: terms.ticket === '' ? 'none' : `ticket ${terms.ticket}`,
    Starts: terms.startsAt === null ? 'when it is approved' : timeText(terms.startsAt),
    Minutes: String(terms.minutes),
    'Decide by': timeText(terms.decideBy),
    Approvals: terms.approvals.map(({ role, count }) => `${role} ${count}`).join(', ') || 'none',
    Customers: customersText(terms.customers),
    Denials: String(terms.denials),
    Policy: terms.policy,
  };
  return NAMES.map((name) => [name, values[name]] as const);
}

/** The request that terms stand for, or null when `grantTerms` would not have written them so. */
export function readGrantTerms(terms: Terms): GrantTerms | null {
  if (terms.length !== NAMES.length || NAMES.some((name, i) => terms[i]![0] !== name)) return null;
  const of = Object.fromEntries(terms) as Record<(typeof NAMES)[number], string>;
  const base = after('extension of ', of.Access);
  const read = {
    kind: base === null ? of.Access : 'extension',
    extends: base,
    person: of.Person,
    targets: of.Targets.split(', '),
    command: after('only: ', of.Commands),
    files: of.Files === 'may be copied',
    purpose: of.Purpose,
    reason: of.Reason,
    ticket: after('ticket ', of.Ticket) ?? '',
    startsAt: readTime(of.Starts),
    minutes: Number(of.Minutes),
    decideBy: readTime(of['Decide by']) ?? 0,
    approvals: of.Approvals === 'none' ? [] : of.Approvals.split(', ').map(readNeed),
    customers: of.Customers === 'none' ? [] : of.Customers.split(', ').map(readShare),
    denials: Number(of.Denials),
    policy: of.Policy,
  } as GrantTerms;
  // Whatever was read loosely above does not come out again as it went in.
  return areGrantTerms(read) && sameTerms(grantTerms(read), terms) ? read : null;
}

/** Whether it is a request at all: within the limits, and of one piece. Whether somebody may ask for it is decided elsewhere. */
export function areGrantTerms(terms: GrantTerms): boolean {
  const { kind, approvals, targets, minutes, reason, ticket, command, startsAt } = terms;
  return (
    GRANT_KINDS.includes(kind) &&
    (kind === 'extension' ? isId('grt', terms.extends) : terms.extends === null) &&
    isId('usr', terms.person) &&
    inRange(targets.length, 1, GRANT_LIMITS.targets) &&
    targets.every((target) => TARGET.test(target)) &&
    new Set(targets).size === targets.length &&
    (command === null || (isCommand(command) && command.length <= GRANT_LIMITS.command)) &&
    PURPOSES.includes(terms.purpose) &&
    isText(reason) &&
    inRange(reason.length, GRANT_LIMITS.reason.min, GRANT_LIMITS.reason.max) &&
    isText(ticket) &&
    ticket.length <= GRANT_LIMITS.ticket &&
    (startsAt === null || (kind === 'access' && isTime(startsAt))) &&
    inRange(minutes, 1, GRANT_LIMITS.minutes[kind]) &&
    isTime(terms.decideBy) &&
    (kind === 'break-glass' ? approvals.length === 0 : areNeeds(approvals)) &&
    areShares(terms) &&
    inRange(terms.denials, 1, GRANT_LIMITS.denials) &&
    POLICY.test(terms.policy)
  );
}

/** Whether an approval of `approved` is one of `asked`: the same in everything but minutes, of which it may give fewer. */
export const covers = (approved: GrantTerms, asked: GrantTerms): boolean =>
  approved.minutes <= asked.minutes &&
  sameTerms(grantTerms(approved), withMinutes(grantTerms(asked), approved.minutes));

/** The same terms, of a request or of a customer's part of it, for so many minutes. */
export const withMinutes = (terms: Terms, minutes: number): Terms =>
  terms.map(([name, value]) => [name, name === 'Minutes' ? String(minutes) : value] as const);

export const sameTerms = (a: Terms, b: Terms): boolean =>
  a.length === b.length && a.every(([name, value], i) => b[i]![0] === name && b[i]![1] === value);

/** In one line, without space at the ends, so that what is read is what was written. */
const isText = (text: string): boolean => text === text.trim() && isTermText(text);

/** Printable ASCII: what approvers read is what runs, without look-alikes. */
const isCommand = (command: string): boolean => /^[!-~](?:[ -~]*[!-~])?$/.test(command);

/** Nobody gets in with customers' approvals alone: whose passkey is a customer's, the keyring cannot know for itself. */
const areNeeds = (needs: readonly Need[]): boolean =>
  inRange(needs.length, 1, GRANT_LIMITS.needs) &&
  needs.every(({ role, count }) => ROLE.test(role) && inRange(count, 1, GRANT_LIMITS.count)) &&
  needs.some(({ role }) => STAFF_ROLES.has(role)) &&
  new Set(needs.map(({ role }) => role)).size === needs.length;

/** Whoever has to agree agrees to something, and nothing is said of anybody else. */
const areShares = ({ approvals, customers, targets }: GrantTerms): boolean => {
  const asked = approvals.flatMap(({ role }) => after('customer ', role) ?? []);
  return (
    asked.length === customers.length &&
    customersText(customers).length <= GRANT_LIMITS.customers &&
    customers.every(
      (share, i) =>
        share.organisation === asked[i] &&
        share.targets.length > 0 &&
        share.targets.join() === targets.filter((target) => share.targets.includes(target)).join(),
    )
  );
};

/** The term `Customers`; `GRANT_LIMITS.customers` characters at most. */
export const customersText = (customers: readonly Share[]): string =>
  customers.map(({ organisation, targets }) => `${organisation} has ${targets.join(' + ')}`).join(', ') || 'none';

function readShare(text: string): Share {
  const [organisation = '', targets = ''] = text.split(' has ', 2);
  return { organisation, targets: targets.split(' + ') };
}

function readNeed(text: string): Need {
  const at = text.lastIndexOf(' ');
  return { role: text.slice(0, at), count: Number(text.slice(at + 1)) };
}
