/**
 * Does what was agreed about a log: prunes, batch by batch, what two people agreed to, and overwrites what was still written under
 * destroyed keys. Runs in control, under its role; which records go, and whether any may, the database decides anew in every batch.
 */
export { type Keeper, startKeeper } from './run';
