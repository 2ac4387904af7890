import { defineErrors } from '@/lib/platform';

export const retentionErrors = defineErrors({
  'erasure.subject': [422, 'This is not the id of a person.'],
  'erasure.not_found': [404, 'No record of this log holds values of this person.'],
  'erasure.held': [409, 'A legal hold keeps these values.'],
  'hold.not_found': [404, 'Not found.'],
  'hold.released': [409, 'This hold is released already.'],
  'hold.own': [409, 'You asked for the release yourself. Another person has to agree.'],
  'pruning.not_found': [404, 'Not found.'],
  'pruning.decided': [409, 'This was decided already.'],
  'pruning.own': [409, 'You proposed this yourself. Another person has to approve it.'],
  'pruning.range': [422, 'The log has no such places, or they are pruned already.'],
});
