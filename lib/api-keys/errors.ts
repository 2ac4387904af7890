import { defineErrors } from '@/lib/platform';

export const apiKeyErrors = defineErrors({
  'api-key.not_found': [404, 'Not found.'],
  'api-key.expiry': [422, 'The key would expire before it is made.'],
  'api-key.too_many': [409, 'A project has at most 100 keys that work. Revoke one first.'],
  'api-key.project_archived': [409, 'An archived project gets no new keys. Restore it first.'],
  'idempotency.invalid': [422, 'An Idempotency-Key is 1 to 128 visible characters.'],
  'idempotency.mismatch': [409, 'This Idempotency-Key was used for another request.'],
  'idempotency.in_progress': [409, 'The first request with this Idempotency-Key is not finished yet.'],
});
