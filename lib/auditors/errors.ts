import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  'auditor.until': [422, 'Choose a day from today on, at most a year ahead.'],
  'auditor.none': [422, 'Choose at least one project, or all of them.'],
  'auditor.range': [422, 'The first day comes before the day it ends.'],
  'auditor.not_found': [404, 'Not found.'],
  'auditor.role': [403, 'Only owners and administrators manage members.'],
});
