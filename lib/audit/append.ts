import type { AnyTx } from '@/lib/db';
import { SALT_BYTES } from '@/lib/kernel/log';
import { newUuid, randomBytes, systemClock } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { type EventFields, type EventSchema, splitFields } from './events';
import { insert, insertAnonymous, type Row } from './insert';
import {
  type ActorKind,
  type Header,
  leafOf,
  type Outcome,
  pseudonym,
  SEED_BYTES,
  schemaDigest,
  valueBytes,
} from './leaf';
import { type PersonalField, sealValues } from './values';

export interface Actor {
  kind: ActorKind;
  /** usr_…, key_…, an edge's name; for anonymous and system a word saying which door. */
  id: string;
  /** Cut to /24 or /48. */
  addressPrefix?: string;
  userAgent?: string;
}

export interface NewEvent<S extends EventSchema> {
  schema: S;
  outcome: Outcome;
  actor: Actor;
  object: { type: string; id: string };
  /** Null or absent: the provider's own log. */
  organisationId?: string | null;
  projectId?: string | null;
  /** Shared by the projections of one act; a new one when absent. */
  actId?: string;
  /** Whose data the personal fields are (usr_…), for erasure. Default: nobody's. */
  subject?: string;
  fields: EventFields<S>;
}

/**
 * Adds an event to the log, in the transaction of the act itself: both commit or neither. Anonymous events are refusals and go
 * to the provider's log. Returns the event's id.
 */
export async function append<S extends EventSchema>(
  tx: AnyTx,
  event: NewEvent<S>,
  now: number = systemClock.now(),
): Promise<string> {
  const row = await prepare(event, now);
  if (event.actor.kind === 'anonymous') await insertAnonymous(tx, row);
  else await insert(tx, [row]);
  return row.id;
}

/** The same for many events of one act or report. Nothing is anonymous here. */
export async function appendAll<S extends EventSchema>(
  tx: AnyTx,
  events: readonly NewEvent<S>[],
  now: number = systemClock.now(),
): Promise<string[]> {
  const rows = await Promise.all(events.map((event) => prepare(event, now)));
  if (rows.length > 0) await insert(tx, rows);
  return rows.map(({ id }) => id);
}

async function prepare<S extends EventSchema>(event: NewEvent<S>, now: number): Promise<Row> {
  const { organisationId = null, projectId = null, actor } = event;
  const { plain, personal } = splitFields(event.schema, event.fields as Record<string, unknown>);
  const header: Header = {
    id: newUuid(now),
    organisationId,
    at: new Date(now).toISOString(),
    actId: event.actId ?? newUuid(now),
    schema: event.schema,
    schemaDigest: schemaDigest(event.schema, primitives),
    outcome: event.outcome,
    actorKind: actor.kind,
    actor: pseudonym(actor.kind, actor.id, organisationId, primitives),
    objectType: event.object.type,
    objectId: event.object.id,
    projectId,
    details: plain,
  };
  const seed = randomBytes(SEED_BYTES);
  const values = personalFields(personal, actor, event.subject ?? '');
  const committed = values.map(({ name, salt, value }) => ({ name, salt, value: valueBytes(value) }));
  const leaf = leafOf(header, committed, seed, primitives);
  const sealed = await sealValues(header.id, organisationId, values);
  return { ...header, ...leaf, seed, sealed };
}

/** What is known of a person, their device and what they typed: sorted by name, each with a salt of its own. */
function personalFields(personal: Record<string, unknown>, actor: Actor, subject: string): PersonalField[] {
  const person = actor.kind === 'member' || actor.kind === 'staff' ? actor.id : '';
  const fields: Omit<PersonalField, 'salt'>[] = [
    ...Object.entries(personal).map(([name, value]) => ({ name, value, subject })),
    ...(person ? [{ name: 'actor.id', value: actor.id, subject: person }] : []),
    ...(actor.addressPrefix ? [{ name: 'actor.addressPrefix', value: actor.addressPrefix, subject: person }] : []),
    ...(actor.userAgent ? [{ name: 'actor.userAgent', value: actor.userAgent.slice(0, 256), subject: person }] : []),
  ];
  const salts = randomBytes(fields.length * SALT_BYTES);
  return fields
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((field, i) => ({ ...field, salt: salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES) }));
}
