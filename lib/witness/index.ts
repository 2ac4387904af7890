/**
 * A witness of transparency logs (C2SP tlog-witness): whoever runs it keeps, for each log, the newest checkpoint it has seen, and cosigns the
 * next only when that continues it. It stands alone: Node, the kernel and a folder, no database, no console. Whoever watches Cordon from outside runs
 * it, on a machine of their own.
 */
export { WitnessError } from './errors';
export { createWitnessKey, readWitnessKey, type WitnessKey } from './key';
export { formatPolicy, type PolicyWitness } from './policy';
export { type RunningWitness, startWitness, type WitnessOptions } from './server';
