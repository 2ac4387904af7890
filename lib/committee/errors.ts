import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  'committee.not_found': [404, 'Not found.'],
  'committee.settled': [409, 'This decision is settled.'],
  'committee.terms': [422, 'This is no decision of a committee: 2 to 15 different members, and a day ahead.'],
  'committee.keyring': [
    503,
    'The key service does not answer. What the committee decided holds, and cannot be read now.',
  ],
  'committee.not_designated': [403, 'The committee has not designated you for this, or the designation lapsed.'],
  'committee.stand_in': [422, 'Somebody else of the staff stands in, whom the committee has designated for something.'],
  'committee.overlap': [409, 'You have a stand-in for this role in that time already. End that one first.'],
  'committee.delegation': [422, 'From when, and until when: at most 14 days, beginning within 30.'],
  'committee.delegation_over': [409, 'This is over already.'],
  'committee.not_yours': [403, 'One of the two whom it concerns ends it.'],
  'committee.not_signed': [409, 'The key service holds no signature of yours on this. Open the page again.'],
});
