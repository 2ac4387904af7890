import { defineErrors } from '@/lib/platform';

export const transparencyErrors = defineErrors({
  /** Also the answer for a log of others, for a path that is none, and for what lies beyond the newest checkpoint. */
  'log.not_found': [404, 'Not found.'],
  /** An entry bundle before the minimum index (C2SP tlog-tiles, "Pruning"). Tiles and checkpoints stay. */
  'log.pruned': [410, 'These entries were pruned.'],
  'proof.pruned': [410, 'The event was pruned. Its place in the log stays, and what it said is gone.'],
  /** Also the answer for an event of another log. */
  'proof.not_found': [404, 'Not found.'],
  'proof.pending': [409, 'The event is not in the log yet. It will be with one of the next checkpoints.'],
  'proof.altered': [
    409,
    'The stored event is not what the log holds, so nothing proves it. Keep what you see and tell whoever runs the log.',
  ],
  'openings.ids': [422, 'Name 1 to 50 events by their ids.'],
  'log.entries_withheld': [403, 'Entries of this log are for those who may read all of it; its tiles are hashes.'],
});
