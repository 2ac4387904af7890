import { defineErrors } from '@/lib/platform';

export const errors = defineErrors({
  'recording.not_found': [404, 'Not found.'],
  'recording.not_yours': [
    403,
    'A screen record is for the person whose session it was, for security, administrators and auditors.',
  ],
  'recording.unverified': [409, 'Only a record that is whole and verified is copied.'],
  'recording.nothing': [
    422,
    'No line that could be withheld is there. Name a time or a line, or choose the whole record.',
  ],
  'recording.fixed': [422, 'A change of the screen’s size is never withheld: the rest could not be shown without it.'],
  'recording.too_many': [422, 'These are too many stretches for one copy. Choose fewer, longer ones.'],
  'recording.copy': [404, 'Not found.'],
  'recording.share': [404, 'This link does not work.'],
  'recording.none': [404, 'Nothing of this session’s screen record has come yet.'],
});
