/**
 * The audit log: who did what to what, when, and how it ended. `append` takes the transaction of the act, so that there is no act without
 * its event and no event without its act; `appendRefusal` is for what was refused. Personal values are kept beside the event behind
 * salted commitments, so that they can be erased while the event stays provable.
 */
export { type Actor, append, appendAll, type NewEvent } from './append';
export { CLASSES, classOf, DEFAULT_MONTHS, MONTHS, type RecordClass, type RetainedClass } from './classes';
export { EVENTS, type EventFields, type EventSchema, isEventSchema } from './events';
export { tellFloods } from './flood';
export { forgetSubjectKeys } from './keys';
export { type ActorKind, type Header, type Outcome, pseudonym } from './leaf';
export { prunedAmong } from './pruned';
export { type AuditEntry, type AuditFilters, type AuditPage, type EventRow, entriesOf, list } from './read';
export { type PlacedEvent, type PlacedState, type ReadableEvent, readableEvent } from './readable';
export { type EventLeaf, type EventRecord, recordFields, recordsOf, stubFields } from './record';
export { appendRefusal, type Credentials } from './refusals';
export { knownShapes } from './shapes';
export { keeperOf } from './values';
