import { defineErrors } from '@/lib/platform';

export const streamErrors = defineErrors({
  /** Also the answer for a stream of others. */
  'stream.not_found': [404, 'Not found.'],
  'stream.not_configured': [409, 'This installation streams nothing: CORDON_STREAMER_DATABASE_URL is not set.'],
  'stream.address': [422, 'This address cannot be streamed to.'],
  'stream.ca': [422, 'These are not certificates in PEM, or more than four.'],
  'stream.too_many': [429, 'This log has five streams already. Delete one first.'],
  'stream.no_secret': [409, 'Syslog is not signed, so there is no secret.'],
  'stream.state': [409, 'The stream is in that state already.'],
  'stream.tested': [429, 'A test was sent just now. Wait a few seconds.'],
  'stream.nothing_to_send': [409, 'There is no such dead letter.'],
  /** To the worker: the stream is gone, paused or somewhere else by now. */
  'stream.closed': [409, 'The stream is closed.'],
});
