/**
 * What every process needs and nobody's business rules: the clock, identifiers, configuration, log lines and errors.
 * Imports nothing of Cordon but itself, so that everything may import it.
 */
export { type Clock, systemClock } from './clock';
export { ConfigError, defineConfig, parseConfig } from './config';
export { type IdPrefix, isId, newId, newUuid, uuidTime } from './ids';
export { createLog, type Log, type LogFields } from './log';
export {
  type Ask,
  CordonError,
  defineErrors,
  type FormRefusal,
  isCordonError,
  type Problem,
  toFormRefusal,
  toProblem,
} from './problem';
export { Pulse } from './pulse';
export { randomBytes } from './random';
export { type LeadingConnection, startWorker, type Turn, type WorkerTold } from './worker';
