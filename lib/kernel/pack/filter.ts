import { HEADER_FIELDS } from '../log';
import { isObject } from './bytes';
import { MAX_CONDITION_CHARACTERS, MAX_CONDITION_VALUES } from './limits';

/**
 * Which events of a range an export has: those that meet every condition. A condition is on one header field and met by any of its values;
 * a value of `schema` that ends in `.` or `@` is a prefix.
 */
export interface Filter {
  /** Half open, from <= at < to: RFC 3339, UTC, milliseconds. */
  readonly at?: { readonly from?: string; readonly to?: string };
  readonly schema?: readonly string[];
  readonly outcome?: readonly string[];
  readonly actorKind?: readonly string[];
  readonly actor?: readonly string[];
  readonly objectType?: readonly string[];
  readonly objectId?: readonly string[];
  /** Null: events of no project. */
  readonly projectId?: readonly (string | null)[];
  readonly actId?: readonly string[];
}

const LISTS = ['schema', 'outcome', 'actorKind', 'actor', 'objectType', 'objectId', 'projectId', 'actId'] as const;
const TIME =
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/;

/** By its form alone, so that no two calendars can differ: times compare as text. */
export const isTime = (value: unknown): value is string => typeof value === 'string' && TIME.test(value);

/** Null unless the value is a filter in its one form: lists sorted by UTF-16 code units, null first, no value twice. */
export function parseFilter(value: unknown): Filter | null {
  if (!isObject(value)) return null;
  for (const [name, condition] of Object.entries(value)) {
    const good = name === 'at' ? isSpan(condition) : (LISTS as readonly string[]).includes(name);
    if (!good || (name !== 'at' && !isList(condition, name === 'projectId'))) return null;
  }
  return value as Filter;
}

/** The fields that a stub has to open, in the order of the header: those with a condition. */
export const openedFor = (filter: Filter): string[] => HEADER_FIELDS.filter((name) => Object.hasOwn(filter, name));

/** Answers whether an event meets the filter; null when a field's value is not of the kind that the log gives it. */
export type Matcher = (fieldOf: (name: string) => unknown) => boolean | null;

export function matcherOf(filter: Filter): Matcher {
  const conditions: [name: string, meets: (value: unknown) => boolean | null][] = [];
  if (filter.at) {
    const { from = '', to = '~' } = filter.at;
    conditions.push(['at', (value) => (isTime(value) ? from <= value && value < to : null)]);
  }
  for (const name of LISTS) {
    const values = filter[name];
    if (!values) continue;
    const exact = new Set(values);
    const prefixes = name === 'schema' ? (values as string[]).filter(isPrefix) : [];
    for (const prefix of prefixes) exact.delete(prefix);
    conditions.push([
      name,
      (value) => {
        if (typeof value !== 'string') return value === null && name === 'projectId' ? exact.has(null) : null;
        return exact.has(value) || prefixes.some((prefix) => value.startsWith(prefix));
      },
    ]);
  }
  return (fieldOf) => {
    let all = true;
    for (const [name, meets] of conditions) {
      const met = meets(fieldOf(name));
      if (met === null) return null;
      all &&= met;
    }
    return all;
  };
}

const isPrefix = (value: string): boolean => value.endsWith('.') || value.endsWith('@');

function isSpan(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { from, to, ...others } = value;
  if (Object.keys(others).length > 0 || Object.keys(value).length === 0) return false;
  if ((from !== undefined && !isTime(from)) || (to !== undefined && !isTime(to))) return false;
  return from === undefined || to === undefined || (from as string) < (to as string);
}

function isList(value: unknown, nullable: boolean): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CONDITION_VALUES) return false;
  return value.every((item: unknown, i) => {
    if (item === null) return nullable && i === 0;
    if (typeof item !== 'string' || item === '' || item.length > MAX_CONDITION_CHARACTERS) return false;
    const before: unknown = value[i - 1];
    return typeof before !== 'string' || before < item;
  });
}
