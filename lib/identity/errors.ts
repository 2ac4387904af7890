import { defineErrors } from '@/lib/platform';

/**
 * Why an act of signing in, enrolling or stepping up was refused. None of these says whether an account exists: an
 * unknown address and a wrong password share code, status and words.
 */
export const errors = defineErrors({
  'identity.credentials': [401, 'Address and password do not match an account here.'],
  'identity.throttled': [429, 'Too many attempts that did not match. Signing in from here pauses for a while.'],
  'identity.code': [401, 'That code does not match. Codes change every 30 seconds and work once.'],
  'identity.recovery_code': [401, 'That recovery code does not match, or was used before.'],
  'identity.password.short': [422, 'Use at least 12 characters. A few words in a row work well.'],
  'identity.password.long': [422, 'Use at most 256 characters.'],
  'identity.password.common': [422, 'This password is among those attackers try first. Choose another.'],
  'identity.session.none': [401, 'This session has ended. Sign in to go on.'],
  'identity.session.first_factor': [403, 'The second factor is missing. Give it to go on.'],
  'identity.session.complete': [409, 'This session already holds both factors.'],
  'identity.factor.none': [409, 'No authenticator is set up for this account yet.'],
  'identity.factor.exists': [409, 'An authenticator is already set up for this account.'],
  'identity.link': [404, 'This link does not work any more. It works once and for a limited time; ask for a new one.'],
  'identity.link.other_account': [409, 'This invitation is for another address than the one signed in here.'],
  'identity.link.account_exists': [409, 'There is an account for this address. Sign in, and the invitation goes on.'],
  'identity.input': [422, 'Something in the form is missing or too long.'],
  'identity.unavailable': [
    503,
    'The key service does not answer, so no second factor can be checked. Sessions already open go on.',
  ],
  'identity.host': [421, 'The console does not answer under this address.'],
});

export type IdentityErrorCode = (typeof errors.codes)[number];
