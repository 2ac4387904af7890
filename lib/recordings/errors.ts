import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  'recording.not_found': [404, 'Not found.'],
  'recording.not_yours': [
    403,
    'A screen record is for the person whose session it was, for security, administrators and auditors.',
  ],
  'recording.none': [404, 'Nothing of this session’s screen record has come yet.'],
});
