import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  /** Also the answer for a sample of somebody else's. */
  'sample.not_found': [404, 'Not found.'],
  'sample.no_checkpoint': [409, 'Nothing of this log is signed yet. Try again in a moment.'],
  'sample.empty': [422, 'No event fits the filter, so there is nothing to choose from.'],
  'sample.too_large': [422, 'More than 500,000 events fit the filter. Narrow it, or choose a shorter time.'],
});
