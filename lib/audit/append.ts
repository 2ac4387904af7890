import { randomBytes } from 'node:crypto';
import type { AnyTx } from '@/lib/db';
import { newUuid, systemClock } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { type EventFields, type EventSchema, splitFields } from './events';
import {
  type ActorKind,
  commitment,
  type Header,
  headerBytes,
  type Outcome,
  pseudonym,
  SALT_LENGTH,
  schemaDigest,
  valueBytes,
} from './leaf';

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

interface SideField {
  name: string;
  subject: string;
  salt: string;
  value: string;
}

const EVENT_COLUMNS = `"id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId", "header", "commitments"`;

/** One statement and one round trip, whatever the number of fields. */
const INSERT = `
  with event as (
    insert into "AuditEvent" (${EVENT_COLUMNS})
    select (e->>'id')::uuid, e->>'organisationId', (e->>'at')::timestamptz, (e->>'actId')::uuid, e->>'schema', e->>'outcome', e->>'actorKind', e->>'actor',
      e->>'objectType', e->>'objectId', e->>'projectId', decode(e->>'header', 'base64'), e->'commitments'
    from (select $1::jsonb as e) one)
  insert into "AuditField" ("eventId", "name", "organisationId", "subject", "salt", "value")
  select ($1::jsonb->>'id')::uuid, f->>'name', $1::jsonb->>'organisationId', f->>'subject', decode(f->>'salt', 'base64'), decode(f->>'value', 'base64')
  from jsonb_array_elements($2::jsonb) f`;

/**
 * Adds an event to the log, in the transaction of the act itself: both commit or neither. Anonymous events are refusals and go
 * to the provider's log. Returns the event's id.
 */
export async function append<S extends EventSchema>(
  tx: AnyTx,
  event: NewEvent<S>,
  now: number = systemClock.now(),
): Promise<string> {
  const { organisationId = null, projectId = null, actor } = event;
  const { plain, personal } = splitFields(event.schema, event.fields as Record<string, unknown>);
  const id = newUuid(now);
  const header: Header = {
    id,
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
  const person = actor.kind === 'member' || actor.kind === 'staff' ? actor.id : '';
  const { fields, commitments } = commit([
    ...Object.entries(personal).map(([name, value]) => ({ name, value, subject: event.subject ?? '' })),
    ...(person ? [{ name: 'actor.id', value: actor.id, subject: person }] : []),
    ...(actor.addressPrefix ? [{ name: 'actor.addressPrefix', value: actor.addressPrefix, subject: person }] : []),
    ...(actor.userAgent ? [{ name: 'actor.userAgent', value: actor.userAgent.slice(0, 256), subject: person }] : []),
  ]);
  const row = { ...header, header: Buffer.from(headerBytes(header)).toString('base64'), commitments };
  const values = [JSON.stringify(row), JSON.stringify(fields)];
  if (actor.kind === 'anonymous') await tx.execute('select cordon.append_anonymous($1::jsonb, $2::jsonb)', values);
  else await tx.execute(INSERT, values);
  return id;
}

function commit(values: { name: string; value: unknown; subject: string }[]) {
  const fields: SideField[] = [];
  const commitments: Record<string, string> = {};
  for (const { name, value, subject } of values) {
    const salt = randomBytes(SALT_LENGTH);
    const bytes = valueBytes(value);
    commitments[name] = commitment(name, salt, bytes, primitives);
    fields.push({ name, subject, salt: salt.toString('base64'), value: Buffer.from(bytes).toString('base64') });
  }
  return { fields, commitments };
}
