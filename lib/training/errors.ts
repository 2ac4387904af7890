import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  'training.person': [404, 'Not found.'],
  'training.own': [403, 'Somebody else records your training.'],
  'training.completed': [422, 'A day up to today, and no longer ago than a year.'],
  'agreement.same': [409, 'This is the version in force already.'],
  'agreement.none': [409, 'There is no confidentiality agreement yet.'],
  'agreement.version': [409, 'There is a newer version of the agreement. Read that one.'],
});
