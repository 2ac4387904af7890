/**
 * Control's door to the database: it keeps its own `pg` pool under its own role, and hands its open transactions to what needs one
 * (the audit log).
 */
export { type Listener, listen } from './listen';
export { type AnyTx, onConnection } from './tx';
