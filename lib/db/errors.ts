import { CordonError, defineErrors } from '@/lib/platform';

/** What the database's functions raise (SQLSTATE CD001, the code as message). Unknown and foreign look the same from outside. */
export const databaseErrors = defineErrors({
  'session.invalid': [401, 'You are not signed in.'],
  'session.second_factor_required': [401, 'The second factor is missing.'],
  'session.factor_required': [403, 'This session was opened with recovery codes. Set up a new factor to go on.'],
  'session.passkey_required': [403, 'Staff sign in with a passkey. Set one up to go on.'],
  'session.complete': [409, 'This session already holds both factors.'],
  'organisation.not_found': [404, 'Not found.'],
  'key.invalid': [401, 'The API key is not valid.'],
  'totp.replayed': [401, 'This code was used already. Wait for the next one.'],
  'totp.proof_invalid': [401, 'The second factor could not be verified.'],
  'totp.already_enrolled': [409, 'A second factor is enrolled already.'],
  'totp.unknown_factor': [404, 'Not found.'],
  'passkey.unknown': [404, 'Not found.'],
  'passkey.already_enrolled': [409, 'A passkey is set up already, or is waiting to be endorsed.'],
  'passkey.too_many': [409, 'An account holds at most 20 passkeys. Remove one first.'],
  'passkey.last_factor': [409, 'This is the last factor of the account. Set up another one first.'],
  'recovery.invalid': [401, 'The recovery code is not valid.'],
  'step_up.required': [403, 'Confirm this with your second factor.'],
  'step_up.passkey_required': [403, 'Confirm this with your passkey; a code is not enough here.'],
  'step_up.replayed': [409, 'This confirmation was used already. Confirm again.'],
  'invitation.invalid': [404, 'This invitation is not valid any more.'],
  'invitation.account_exists': [409, 'There is an account with this address. Sign in to accept.'],
  'reset.invalid': [404, 'This link is not valid any more.'],
  'share.invalid': [404, 'This link does not work.'],
  'setup.closed': [404, 'This set-up link is not valid any more.'],
  'setup.address_taken': [409, 'There is an account with this address.'],
  'member.elsewhere': [
    409,
    'They belong to another organisation too, and a session is theirs as a whole. They can end it on their account page.',
  ],
  'auditor.term': [422, 'An auditor’s access lasts at most a year.'],
  'auditor.projects': [422, 'Choose projects of this organisation.'],
  'member.last_owner': [409, 'An organisation keeps at least one owner.'],
  'staff.last_administrator': [409, 'The provider keeps at least one administrator.'],
  'context.required': [403, 'You may not do this.'],
  'policy.session_idle': [
    401,
    'The security policy asks for a new sign-in after a pause like this one. Sign in again to go on.',
  ],
  'policy.session_expired': [
    401,
    'The security policy asks for a new sign-in after this long. Sign in again to go on.',
  ],
  'policy.passkey_required': [
    403,
    'The security policy asks for a passkey. Sign in with one, or add one to your account first.',
  ],
  'policy.factor_required': [
    403,
    'The security policy asks for a passkey that stays on one device. Sign in with one, or add one to your account first.',
  ],
  'policy.password_expired': [
    403,
    'The security policy asks for a newer password. Change it in your account to go on.',
  ],
  'policy.not_yours': [403, 'You may not do this.'],
  'policy.invalid': [422, 'The policy change is not well formed.'],
  'audit.append_only': [403, 'You may not do this.'],
  'record.final': [409, 'This cannot be taken back.'],
  'hold.not_found': [404, 'Not found.'],
  'hold.released': [409, 'This hold is released already.'],
  'hold.own': [409, 'You asked for the release yourself. Another person has to agree.'],
  'pruning.not_found': [404, 'Not found.'],
  'pruning.range': [422, 'The log has no such places, or they are pruned already.'],
  'pruning.open': [409, 'A pruning of this log is under way. One at a time.'],
  'pruning.nothing': [409, 'Nothing there is past its period and free of holds.'],
  'pruning.own': [409, 'You proposed this yourself. Another person has to approve it.'],
  'pruning.decided': [409, 'This was decided already.'],
  'pruning.lapsed': [409, 'This proposal is older than seven days. Propose it anew.'],
  'erasure.subject': [422, 'This is not the id of a person.'],
  'erasure.not_found': [404, 'No record of this log holds values of this person.'],
  'erasure.held': [409, 'A legal hold keeps these values.'],
});

interface DriverCause {
  originalCode?: string;
  originalMessage?: string;
  code?: string;
  message?: string;
}

/** SQLSTATE and message of the PostgreSQL error behind whatever Prisma or the driver threw. */
export function postgresError(error: unknown): { sqlstate: string; message: string } | undefined {
  for (let e = error as Record<string, unknown> | undefined, depth = 0; e && depth < 6; depth++) {
    const meta = e.meta as
      | { driverAdapterError?: { cause?: DriverCause }; code?: string; message?: string }
      | undefined;
    const cause = (meta?.driverAdapterError?.cause ?? e) as DriverCause;
    const sqlstate = cause.originalCode ?? cause.code;
    if (typeof sqlstate === 'string' && /^[0-9A-Z]{5}$/.test(sqlstate) && !/^P\d{4}$/.test(sqlstate)) {
      return { sqlstate, message: cause.originalMessage ?? cause.message ?? '' };
    }
    e = e.cause as Record<string, unknown> | undefined;
  }
  return undefined;
}

/** Whether running the transaction again can help: serialization failure or deadlock. */
export function conflict(error: unknown): boolean {
  if ((error as { code?: string } | undefined)?.code === 'P2034') return true;
  const sqlstate = postgresError(error)?.sqlstate;
  return sqlstate === '40001' || sqlstate === '40P01';
}

/** A `CordonError` when a database function refused; anything else unchanged. */
export function toDomainError(error: unknown): unknown {
  if (error instanceof CordonError) return error;
  const found = postgresError(error);
  if (found?.sqlstate !== 'CD001') return error;
  const code = databaseErrors.codes.find((c) => c === found.message);
  return code ? databaseErrors(code, { cause: error }) : error;
}
