import { defineErrors } from '@/lib/platform';

/** Read by operators, in control's log; no request ever gets one. */
export const errors = defineErrors({
  'sequencer.superseded': [500, 'Another sequencer has gone on meanwhile.'],
  'sequencer.restored': [
    500,
    'The database was restored into another server, where transaction numbers begin anew: events would be passed over. Stop all processes, see lib/audit/sequencer/README.md, "After a restore", then run: select cordon.adopt_log_cursor()',
  ],
  'sequencer.ahead': [
    500,
    'The cursor is ahead of the transaction numbers of this database server: events would be passed over. Stop all processes and see lib/audit/sequencer/README.md, "After a restore".',
  ],
  'log.disagrees': [
    500,
    'The stored tiles of a log do not give the root it was built with. It is not signed. Compare database and backups: lib/audit/sequencer/README.md, "When a log is refused".',
  ],
});
