import { defineErrors } from '@/lib/platform';

export const auditLogErrors = defineErrors({
  /** Also the answer for an event of another log, for one that no passkey signed, and for one whose words were erased. */
  'evidence.not_found': [404, 'Not found.'],
  'events.too_many': [422, 'At most 500 events at once.'],
});
