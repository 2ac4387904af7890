import { defineErrors } from '@/lib/platform';

export const exportErrors = defineErrors({
  /** Also the answer for an export of others. */
  'export.not_found': [404, 'Not found.'],
  'export.not_configured': [409, 'This installation does not export logs: CORDON_EXPORT_HOME is not set.'],
  'export.no_checkpoint': [409, 'No checkpoint of this log has been signed yet. One follows within about a second.'],
  'export.range': [422, 'The newest checkpoint of the log does not cover these places.'],
  'export.filter': [422, 'No event can have all of these marks.'],
  'export.recipient': [422, 'This is no public key that a file can be encrypted to.'],
  'export.too_many': [429, 'Three exports of this log are under way. Wait until one is done.'],
  'export.not_ready': [409, 'The file is not there yet, or not any more.'],
  /** Several consoles without a directory in common, or a file that somebody removed. */
  'export.elsewhere': [409, 'The file is not on this machine. Export it again.'],
  'export.scope': [
    422,
    'An evidence pack of yours holds all events of the projects you audit: take out the other filters, or choose another format.',
  ],
});
