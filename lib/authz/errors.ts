import { defineErrors } from '@/lib/platform';

export const authzErrors = defineErrors({
  'authz.not_signed_in': [401, 'You are not signed in.'],
  'authz.forbidden': [403, 'You may not do this.'],
  'authz.terms': [
    422,
    'What is to be confirmed cannot be put into words that can be signed: too long, or with control characters.',
  ],
  'authz.step_up_required': [403, 'Confirm this with your second factor.'],
  /** Also the answer to whatever must not be known to exist. */
  'authz.not_found': [404, 'Not found.'],
});
