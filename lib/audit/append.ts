import { randomBytes } from 'node:crypto';
import type { AnyTx } from '@/lib/db';
import { SALT_BYTES } from '@/lib/kernel/log';
import { newUuid, systemClock } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { type EventFields, type EventSchema, splitFields } from './events';
import {
  type ActorKind,
  type Header,
  headerBytes,
  leafOf,
  type Outcome,
  pseudonym,
  SEED_BYTES,
  schemaDigest,
  valueBytes,
} from './leaf';
import { type PersonalField, type SealedValues, sealValues } from './values';

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

/** One statement and one round trip, whatever the number of events and subjects. */
const INSERT = `/* prepare:audit_append */
  with event as (
    insert into "AuditEvent" ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId",
      "header", "commitments", "seed", "entry")
    select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
      $11::text[], $12::bytea[], $13::jsonb[], $14::bytea[], $15::bytea[]))
  insert into "AuditValue" ("eventId", "subject", "organisationId", "sealed")
  select * from unnest($16::uuid[], $17::text[], $18::text[], $19::bytea[])`;

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

interface Row extends Omit<Header, 'schemaDigest' | 'details'> {
  header: Buffer;
  commitments: Record<string, string>;
  seed: Buffer;
  entry: Buffer;
  sealed: SealedValues[];
}

async function prepare<S extends EventSchema>(event: NewEvent<S>, now: number): Promise<Row> {
  const { organisationId = null, projectId = null, actor } = event;
  const { plain, personal } = splitFields(event.schema, event.fields as Record<string, unknown>);
  const {
    details,
    schemaDigest: digest,
    ...columns
  }: Header = {
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
  const header = { ...columns, schemaDigest: digest, details };
  const seed = randomBytes(SEED_BYTES);
  const values = personalFields(personal, actor, event.subject ?? '');
  const committed = values.map(({ name, salt, value }) => ({ name, salt, value: valueBytes(value) }));
  const { commitments, entry } = leafOf(header, committed, seed, primitives);
  const sealed = await sealValues(columns.id, organisationId, values);
  return { ...columns, header: Buffer.from(headerBytes(header)), commitments, seed, entry: Buffer.from(entry), sealed };
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

function insert(tx: AnyTx, rows: readonly Row[]): Promise<void> {
  const values = rows.flatMap(({ id, organisationId, sealed }) =>
    sealed.map((each) => ({ id, organisationId, ...each })),
  );
  return tx.execute(INSERT, [
    rows.map(({ id }) => id),
    rows.map(({ organisationId }) => organisationId),
    rows.map(({ at }) => at),
    rows.map(({ actId }) => actId),
    rows.map(({ schema }) => schema),
    rows.map(({ outcome }) => outcome),
    rows.map(({ actorKind }) => actorKind),
    rows.map(({ actor }) => actor),
    rows.map(({ objectType }) => objectType),
    rows.map(({ objectId }) => objectId),
    rows.map(({ projectId }) => projectId),
    rows.map(({ header }) => header),
    rows.map(({ commitments }) => JSON.stringify(commitments)),
    rows.map(({ seed }) => seed),
    rows.map(({ entry }) => entry),
    values.map(({ id }) => id),
    values.map(({ subject }) => subject),
    values.map(({ organisationId }) => organisationId),
    values.map(({ sealed }) => sealed),
  ]);
}

/** For whoever is not signed in the database writes, and looks at what it is given. */
function insertAnonymous(tx: AnyTx, { sealed, ...row }: Row): Promise<void> {
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  const event = { ...row, header: base64(row.header), seed: base64(row.seed), entry: base64(row.entry) };
  const values = sealed.map((each) => ({ subject: each.subject, sealed: base64(each.sealed) }));
  return tx.execute('select cordon.append_anonymous($1::jsonb, $2::jsonb)', [
    JSON.stringify(event),
    JSON.stringify(values),
  ]);
}
