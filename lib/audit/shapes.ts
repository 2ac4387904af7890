import { EVENTS, type EventSchema, shapeOf } from './events';
import ledger from './shapes.json';

/**
 * Every shape an event ever had, those of today and those of the ledger: events name the digest of theirs, and what was written long ago must
 * stay readable. The ledger only grows (shapes.test.ts).
 */
export const knownShapes = (): unknown[] => [
  ...Object.values(ledger as Record<string, unknown>),
  ...(Object.keys(EVENTS) as EventSchema[]).map(shapeOf),
];
