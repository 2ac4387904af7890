import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  'committee.not_found': [404, 'Not found.'],
  'committee.settled': [409, 'This decision is settled.'],
  'committee.terms': [422, 'This is no decision of a committee: 2 to 15 different members, and a day ahead.'],
  'committee.keyring': [
    503,
    'The key service does not answer. What the committee decided holds, and cannot be read now.',
  ],
  'committee.not_signed': [409, 'The key service holds no vote of yours on this. Open the page again.'],
});
