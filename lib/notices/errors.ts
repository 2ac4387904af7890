import { defineErrors } from '@/lib/platform';

/** Refusals of this folder. */
export const noticeErrors = defineErrors({
  'mail.address': [422, 'This is no plain mail address.'],
  'notice.kind': [500, 'There is no notice of this kind.'],
  'watch.too_many': [503, 'Too many pages are being watched. This one works without.'],
});
