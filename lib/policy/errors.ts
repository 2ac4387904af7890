import { defineErrors } from '@/lib/platform';

export const policyErrors = defineErrors({
  'cursor.invalid': [422, 'The cursor is not one of ours. Begin without it.'],
  'policy.unknown_change': [404, 'Not found.'],
  'fence.project_archived': [409, 'An archived project cannot be changed. Restore it first.'],
  'revocation.future': [422, 'The time lies in the future. A revocation is about tokens that exist.'],
  'revocation.certificate_unknown': [404, 'Not found.'],
  'revocation.too_many_tokens': [
    422,
    'This user joined with more wildcard tokens than one change can carry. Revoke the certificate that signed them.',
  ],
});
