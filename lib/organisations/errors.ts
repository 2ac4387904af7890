import { defineErrors } from '@/lib/platform';

/** Refusals of this capability. Organisations somebody is no member of do not exist for them. */
export const errors = defineErrors({
  'organisation.not_found': [404, 'Not found.'],
  'organisation.slug.form': [422, 'Use 3 to 40 lower-case letters, digits and single hyphens, starting with a letter.'],
  'organisation.slug.reserved': [422, 'This word is part of the console itself. Choose another.'],
  'organisation.slug.taken': [409, 'Another organisation has this address already.'],
  'member.not_found': [404, 'Not found.'],
  'member.role': [403, 'Your role does not allow this.'],
  'member.last_owner': [409, 'An organisation keeps at least one owner.'],
  'member.keeps_keys': [
    422,
    'Whoever leaves takes no keys along. Somebody else can take them over by removing the member.',
  ],
  'member.self': [409, 'End your own sessions on your account page.'],
  'member.already': [409, 'This person is a member already.'],
  'invitation.not_found': [404, 'Not found.'],
  'invitation.pending': [409, 'An invitation for this address is waiting already.'],
});
