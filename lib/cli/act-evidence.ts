import { z } from 'zod';
import { UsageError } from './command';

/**
 * Confirmations in an audit export: JSON (one event, a list, or `{events: […]}` as pages of the log have them) or NDJSON. Fields of an
 * event stand as an object, or as a list of `{name, value}`; evidence alone, `{statement, evidence}`, is taken too.
 */
export interface Confirmation {
  /** Where in the input, from 1. */
  n: number;
  /** What the event itself says, for comparing with what was signed; null where the input has no event. */
  event: { action: string; factor: string; terms: string; verdict: string } | null;
  statement: string;
  /** JSON text; empty for a code, and where it was erased. */
  evidence: string;
}

const text = z.string().catch('');
const fields = z.object({
  action: text,
  factor: text,
  terms: text,
  verdict: text,
  statement: text,
  evidence: z
    .union([z.string(), z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value))])
    .catch(''),
});
const named = z.array(z.object({ name: z.string(), value: z.unknown() }));
const SCHEMA = 'step-up@2';

/** Everything in the input that is a confirmation. Throws `UsageError` when it is no export, or holds none. */
export function readConfirmations(input: string): Confirmation[] {
  const found = parse(input).flatMap((item, i) => {
    const confirmation = read(item, i + 1);
    return confirmation ? [confirmation] : [];
  });
  if (found.length === 0) throw new UsageError(`the file holds no confirmation: no event ${SCHEMA}, no evidence`);
  return found;
}

function read(item: unknown, n: number): Confirmation | null {
  if (typeof item !== 'object' || item === null) return null;
  const event = item as Record<string, unknown>;
  const schema = event.schema ?? event.event;
  if (schema === undefined && 'statement' in event && 'evidence' in event) {
    const { statement, evidence } = fields.parse(event);
    return { n, event: null, statement, evidence };
  }
  if (schema !== SCHEMA) return null;
  const list = named.safeParse(event.fields);
  const values = list.success
    ? Object.fromEntries(list.data.map(({ name, value }) => [name, value]))
    : { ...event, ...(typeof event.fields === 'object' ? event.fields : {}) };
  const { statement, evidence, ...said } = fields.parse(values);
  return { n, event: said, statement, evidence };
}

function parse(input: string): unknown[] {
  const whole = json(input);
  if (whole !== undefined) {
    const events = (whole as { events?: unknown } | null)?.events;
    if (Array.isArray(events)) return events;
    return Array.isArray(whole) ? whole : [whole];
  }
  const lines = input.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const value = json(line);
    if (value === undefined) throw new UsageError(`the file is neither JSON nor NDJSON: line ${i + 1} does not parse`);
    return value;
  });
}

function json(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
