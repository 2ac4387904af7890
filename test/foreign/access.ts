/** The provider's log of fixed keys, with events about access to production that a test makes up. Packs are cut from it. */
import { shapeOf } from '@/lib/audit/events';
import type { AccessEvent } from '@/lib/kernel/access';
import { commitFields, HEADER_FIELDS, leafHash } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import {
  digestOf,
  type Files,
  jsonBytes,
  logOf,
  type PackOptions,
  packOf,
  saltOf,
  type World,
  type WorldEvent,
} from './world';

export const PROVIDER_ORIGIN = 'console.example/audit/provider';

function eventOf({ index, schema, personal, ...event }: AccessEvent): WorldEvent {
  const names = Object.keys(personal).sort();
  const about = { organisationId: null, personal: names, schemaDigest: digestOf(shapeOf(schema as never)) };
  const plain = {
    ...event,
    schema,
    about,
    outcome: 'success',
    objectType: 'x',
    projectId: null,
    actId: `a-${index}`,
    id: `e-${index}`,
  };
  const header: Record<string, unknown> = plain;
  const fields = [
    ...HEADER_FIELDS.map((name) => [name, header[name]] as const),
    ...names.map((name) => [name, personal[name]] as const),
  ];
  return {
    header,
    fields: fields.map(([name, json], i) => ({ name, salt: saltOf(index, i), value: jsonBytes(json) })),
  };
}

/** A pack of all of these, in a log that holds nothing else. */
export function packOfAccess(events: readonly AccessEvent[], options: PackOptions = {}): Promise<Files> {
  const made = events.map(eventOf);
  const leaves = made.map(({ fields }) => leafHash(primitives, commitFields(primitives, fields).entry));
  const log = logOf(PROVIDER_ORIGIN, leaves);
  const world: World = { events: made, log, other: log };
  const schemas = [...new Set(events.map(({ schema }) => schema))].map((schema) => shapeOf(schema as never));
  return packOf(world, { operator: false, whole: true, schemas, ...options });
}
