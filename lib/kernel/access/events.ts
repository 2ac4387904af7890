/** An event about access to production, as a record of the log opens it. */
export interface AccessEvent {
  /** Its place in the log. */
  readonly index: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly schema: string;
  readonly actorKind: string;
  readonly actor: string;
  readonly objectId: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Opened personal values by name. What was erased or withheld is not among them. */
  readonly personal: Readonly<Record<string, unknown>>;
}

/** Kinds of events that access is judged by, as prefixes of schemas. */
export const ACCESS_SCHEMAS = ['committee.', 'grant.', 'host.', 'passkey.', 'production.', 'step-up@'] as const;

const isAbout = (schema: string): boolean => ACCESS_SCHEMAS.some((prefix) => schema.startsWith(prefix));

/** Whether a pack with these conditions, in the words of its filter, has them all. */
export const hasAllAccess = (filter: { readonly schema?: readonly string[] }): boolean =>
  Object.keys(filter).every((name) => name === 'schema') &&
  (!filter.schema || ACCESS_SCHEMAS.every((prefix) => filter.schema!.includes(prefix)));

/** The event of a record's opened fields, if it is one of these. */
export function accessEvent(index: number, fields: ReadonlyMap<string, unknown>): AccessEvent | null {
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  const schema = text('schema');
  if (!isAbout(schema)) return null;
  const personal = objectOf(fields.get('about')).personal;
  const names = Array.isArray(personal) ? personal.filter((name) => fields.has(name)) : [];
  return {
    ...{ index, schema, at: text('at'), actorKind: text('actorKind'), actor: text('actor') },
    objectId: text('objectId'),
    details: objectOf(fields.get('details')),
    personal: Object.fromEntries(names.map((name) => [name, fields.get(name)])),
  };
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** A member of an object that must be text; empty when it is none. */
export const textOf = (object: Readonly<Record<string, unknown>>, name: string): string => {
  const value = Object.hasOwn(object, name) ? object[name] : '';
  return typeof value === 'string' ? value : '';
};

/** Unix seconds of a time in an event. */
export const secondsOf = (at: string): number => Math.floor(Date.parse(at) / 1000);
