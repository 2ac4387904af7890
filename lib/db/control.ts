/**
 * The door to the database for those that keep `pg` connections of their own under a role of their own (control, the writer of exports, the sender of streams), and
 * hand their open transactions to what needs one (the audit log).
 */
export { type Listener, listen } from './listen';
export { type AnyTx, onConnection } from './tx';
export { openWorker, type WorkerConnection } from './worker';
