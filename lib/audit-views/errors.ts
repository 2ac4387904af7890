import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  /** Also the answer for a view of somebody else. */
  'view.not_found': [404, 'Not found.'],
  'view.too_many': [409, 'There are 50 views already. Remove one first.'],
});
