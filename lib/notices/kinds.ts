import type { EventSchema } from '@/lib/audit';

/**
 * What people are told about their own accounts. The words are fixed: a mail of the provider's must not carry text that somebody else
 * chose (the name of a passkey, of an organisation). Such names stand in `fields` and are shown inside the console only. Pure, browser-safe.
 */
interface Kind {
  /** Headline of the list, subject of the mail. */
  readonly title: string;
  readonly says: string;
  /** Whether it may have been somebody else in the person's name. What administrators do in their own is not. */
  readonly own: boolean;
}

const own = (title: string, says: string): Kind => ({ title, says, own: true });
const byOthers = (title: string, says: string): Kind => ({ title, says, own: false });

export const NOTICES = {
  'sign-in.new': own('New sign-in', 'The account was signed in to from a device or network it had not used lately.'),
  'sign-in.half': own(
    'Somebody knows your password',
    'The right password was given, or a link to reset it, and then a second factor that did not fit. Nobody got in. Unless that was you, change your password.',
  ),
  'sign-in.unusual': own(
    'Sign-in from an unlikely place',
    'The account was signed in to from two places that nobody can travel between in that time.',
  ),
  'password.closed': byOthers(
    'Password sign-in closed',
    'The password was guessed at too often. A passkey, a network you used lately or a new password opens it again.',
  ),
  'password.changed': own('Password changed', 'The account has a new password, and its other sessions ended.'),
  'password.reset': own(
    'Password reset begun',
    'A link to set a new password was made. It asks for your second factor.',
  ),
  'passkey.added': own('Passkey added', 'The account has another passkey to sign in with.'),
  'passkey.removed': own('Passkey removed', 'A passkey no longer opens the account.'),
  'passkey.endorsed': byOthers(
    'Passkey endorsed',
    'A colleague endorsed the passkey that was waiting. It can be used now.',
  ),
  'passkey.turned-down': byOthers(
    'Passkey turned down',
    'A colleague turned down the passkey that was waiting. It is gone.',
  ),
  'authenticator.added': own('Authenticator set up', 'Codes of a newly set up authenticator app open the account now.'),
  'authenticator.removed': own('Authenticator removed', 'Codes of the authenticator app no longer open the account.'),
  'recovery.used': own('Recovery code used', 'Somebody without the second factor got as far as setting up a new one.'),
  'recovery.renewed': own('Recovery codes renewed', 'The recovery codes from before no longer work.'),
  'sessions.ended': byOthers('Signed out everywhere', 'An administrator ended all your sessions.'),
  'api-key.created': own('API key created', 'An API key was made in your name.'),
  'member.removed': byOthers('Removed from an organisation', 'You no longer have access to it.'),
  'member.role': byOthers('Role changed', 'Your role in an organisation is another one now.'),
  'auditor.terms': byOthers(
    'Audit access changed',
    'What you may see of an organisation, or until when, is another now.',
  ),
  'auditor.ending': byOthers(
    'Audit access ends soon',
    'Your access to an organisation you audit ends within three days.',
  ),
  'employee.changed': byOthers(
    'Staff account changed',
    'An administrator changed your role, or whether you may sign in.',
  ),
  'grant.delegated': byOthers(
    'You stand in for an approver',
    'A colleague who answers requests for access to production has signed that you answer for them for some days.',
  ),
  'grant.delegation-ended': byOthers(
    'A stand-in is over',
    'Answering requests for access for one another ended early.',
  ),
  'grant.asked': byOthers(
    'Access to production asked for',
    'An employee asks for access to production, and your answer is asked for.',
  ),
  'grant.escalated': byOthers(
    'A request for access still waits',
    'Those on call have not answered a request for access to production in time. Your answer counts as well as theirs.',
  ),
  'on-call.set': byOthers(
    'You are put on call',
    'You are told first of requests for access to production in this time.',
  ),
  'on-call.removed': byOthers('You are off call', 'A shift of yours was removed or handed over.'),
  'grant.told': byOthers(
    'Access to production asked for',
    'An employee of the provider asks for access that concerns you.',
  ),
  'grant.decided': byOthers('Request for access answered', 'Your request for access to production was answered.'),
  'grant.commented': byOthers(
    'Question about a request',
    'Somebody asked or answered about a request for access to production.',
  ),
  'grant.break-glass': byOthers(
    'Break-glass',
    'An employee opened access to production without approval. Everybody who was passed over is told.',
  ),
  'grant.review': byOthers(
    'Review of a break-glass due',
    'A break-glass has to be looked at by two others within 24 hours.',
  ),
  'grant.ending': byOthers(
    'Access to production ends soon',
    'A grant of yours ends within minutes. Ask for an extension now if the work is not done.',
  ),
  'grant.ended': byOthers('Access to production ended', 'A grant of yours is over.'),
  'grant.failed-to-close': byOthers(
    'A host did not close',
    'A grant is over, and a host has not confirmed that nothing of it is left.',
  ),
  'audit.check-failed': byOthers(
    'A check of an audit log failed',
    'What is stored of a log is not what was signed, or a clock is off. The page of the log says since when.',
  ),
} as const satisfies Record<string, Kind>;

export type NoticeKind = keyof typeof NOTICES;
export const isNoticeKind = (kind: string): kind is NoticeKind => Object.hasOwn(NOTICES, kind);

export interface Told {
  readonly kind: NoticeKind;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** Which events about a person are told to that person, and which of their fields with it. */
const OF_EVENTS: Partial<Record<EventSchema, { kind: NoticeKind; keep: readonly string[] }>> = {
  'sign-in@1': { kind: 'sign-in.new', keep: ['factor'] },
  'sign-in.unusual@1': { kind: 'sign-in.unusual', keep: ['minutes'] },
  'password.changed@1': { kind: 'password.changed', keep: [] },
  'password.reset@1': { kind: 'password.changed', keep: [] },
  'password.reset_offered@1': { kind: 'password.reset', keep: [] },
  'totp.enrolled@1': { kind: 'authenticator.added', keep: [] },
  'totp.removed@1': { kind: 'authenticator.removed', keep: [] },
  'passkey.added@1': { kind: 'passkey.added', keep: ['name', 'state'] },
  'passkey.removed@1': { kind: 'passkey.removed', keep: ['name'] },
  'passkey.endorsed@1': { kind: 'passkey.endorsed', keep: [] },
  'passkey.turned_down@1': { kind: 'passkey.turned-down', keep: [] },
  'recovery.used@1': { kind: 'recovery.used', keep: ['left'] },
  'recovery.renewed@1': { kind: 'recovery.renewed', keep: [] },
  'api-key.created@1': { kind: 'api-key.created', keep: ['name'] },
  'employee.changed@1': { kind: 'employee.changed', keep: ['role', 'status'] },
};

/** The notice that goes with an audit event, or null when it is nothing to tell. */
export function noticeOf(schema: EventSchema, fields: Readonly<Record<string, unknown>>): Told | null {
  const told = OF_EVENTS[schema];
  if (!told) return null;
  const kept = told.keep.flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [];
  });
  return { kind: told.kind, fields: Object.fromEntries(kept) };
}

/** What the notice is about, in a few words of its own; empty when the title says it all. For the console only: names are other people's words. */
export function detailOf(kind: NoticeKind, fields: Readonly<Record<string, unknown>>): string {
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 120) : '';
  };
  switch (kind) {
    case 'passkey.added':
      return text('state') === 'pending' ? `${text('name')}, waiting to be endorsed` : text('name');
    case 'passkey.removed':
    case 'api-key.created':
      return text('name');
    case 'recovery.used':
      return `${text('left')} left`;
    case 'auditor.terms':
    case 'auditor.ending':
      return `${text('organisation')}: until ${text('until')}`;
    case 'member.removed':
      return text('organisation');
    case 'member.role':
      return `${text('organisation')}: ${text('before')} to ${text('after')}`;
    case 'on-call.set':
    case 'on-call.removed':
      return `${text('from')} to ${text('until')} UTC`;
    case 'grant.asked':
    case 'grant.escalated':
    case 'grant.told':
    case 'grant.decided':
    case 'grant.commented':
    case 'grant.break-glass':
    case 'grant.review':
    case 'grant.ended':
    case 'grant.failed-to-close':
      return [text('targets'), text('state')].filter(Boolean).join(', ');
    case 'grant.delegated':
    case 'grant.delegation-ended':
      return `${text('of')}: ${text('role')}, until ${text('until')}`;
    case 'grant.ending':
      return `${text('targets')}: ${text('minutes')} minutes left`;
    case 'audit.check-failed':
      return `${text('log')}: ${text('code')}`;
    case 'employee.changed':
      return text('status') === 'disabled' ? 'disabled' : text('role');
    default:
      return '';
  }
}
