import { defineErrors } from '@/lib/platform';

/**
 * Why an act of signing in, enrolling or stepping up was refused. None of these says whether an account exists: an
 * unknown address and a wrong password share code, status and words.
 */
export const errors = defineErrors({
  'identity.credentials': [401, 'Address and password do not match an account here.'],
  'identity.throttled': [429, 'Too many attempts that did not match. Signing in from here pauses for a while.'],
  'identity.closed': [
    429,
    'Password sign-in is closed for this account after too many failures. Sign in with a passkey, from a network you used before, or ask for a new password.',
  ],
  'identity.busy': [503, 'More people are signing in than can be served at once. Try again in a moment.'],
  'identity.code': [401, 'That code does not match. Codes change every 30 seconds and work once.'],
  'identity.code.not_enough': [403, 'Confirm this with your passkey; a code is not enough here.'],
  'identity.passkey': [401, 'That passkey was not accepted. Try again, or use another way in.'],
  'identity.passkey.device_bound': [403, 'This takes a passkey that cannot leave its device, such as a security key.'],
  'identity.passkey.unknown': [404, 'Not found.'],
  'identity.passkey.waiting': [409, 'Your passkey is waiting for a colleague to endorse it.'],
  'identity.recovery_code': [401, 'Recovery codes do not match, were used before, or are not as many as it takes.'],
  'identity.password.current': [401, 'That is not the present password.'],
  'identity.password.short': [422, 'This password is too short.'],
  'identity.password.long': [422, 'Use at most 256 characters.'],
  'identity.password.common': [422, 'This password is among those attackers try first. Choose another.'],
  'identity.password.breached': [422, 'This password is on a list of breached ones. Choose another.'],
  'identity.session.none': [401, 'This session has ended. Sign in to go on.'],
  'identity.session.first_factor': [403, 'The second factor is missing. Give it to go on.'],
  'identity.session.complete': [409, 'This session already holds both factors.'],
  'identity.factor.none': [409, 'No second factor that would do is set up for this account.'],
  'identity.factor.exists': [409, 'A second factor is already set up for this account.'],
  'identity.link': [404, 'This link does not work any more. It works once and for a limited time; ask for a new one.'],
  'identity.link.other_account': [409, 'This invitation is for another address than the one signed in here.'],
  'identity.link.account_exists': [409, 'There is an account for this address. Sign in, and the invitation goes on.'],
  /** The keyring's ledger does not take what was signed; `why` is its code. */
  'identity.act_refused': [409, 'This is signed, and does not count.'],
  'identity.input': [422, 'Something in the form is missing or too long.'],
  'identity.unavailable': [
    503,
    'The key service does not answer, so no second factor can be checked. Sessions already open go on.',
  ],
  'policy.address': [403, 'The security policy admits certain networks only, and this request came from another one.'],
  'identity.host': [421, 'The console does not answer under this address.'],
});

export type IdentityErrorCode = (typeof errors.codes)[number];
