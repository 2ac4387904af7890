import { isRegion, REGIONS } from '../region';
import type { Resource, ResourceKey, ResourceKind } from './resources';

/**
 * Strict checks of every resource, written by hand so that edges carry no schema library. An unknown kind, a missing or an
 * unknown field is refused with its path: an edge answers `Nack schema` and keeps its last good policy instead of guessing.
 */
export type Checked<T> = { ok: true; value: T } | { ok: false; path: string; detail: string };

/** Most resources of one kind an edge will hold; beyond it the bundle is refused, not the edge. */
export const LIMITS = {
  resources: 200_000,
  certificates: 8,
  edges: 4_096,
  text: 512,
  sealed: 8_192,
} as const;

const KINDS: readonly ResourceKind[] = [
  'project',
  'tokenPolicy',
  'fence',
  'staleness',
  'revocation',
  'observation',
  'edges',
];

class Refusal extends Error {
  constructor(
    readonly path: string,
    readonly detail: string,
  ) {
    super(`${path}: ${detail}`);
  }
}

type Rule = (value: unknown, path: string) => void;
const refuse = (path: string, detail: string): never => {
  throw new Refusal(path, detail);
};

const text =
  (max: number = LIMITS.text, min = 1): Rule =>
  (value, path) => {
    if (typeof value !== 'string' || value.length < min || value.length > max)
      refuse(path, `text of ${min} to ${max} characters`);
  };
const matching =
  (pattern: RegExp, what: string): Rule =>
  (value, path) => {
    if (typeof value !== 'string' || !pattern.test(value)) refuse(path, what);
  };
const int =
  (min: number, max: number): Rule =>
  (value, path) => {
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max)
      refuse(path, `integer from ${min} to ${max}`);
  };
const bool: Rule = (value, path) => {
  if (typeof value !== 'boolean') refuse(path, 'true or false');
};
const oneOf =
  (...values: string[]): Rule =>
  (value, path) => {
    if (!values.includes(value as string)) refuse(path, `one of ${values.join(', ')}`);
  };
const list =
  (item: Rule, min: number, max: number): Rule =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < min || value.length > max)
      return refuse(path, `list of ${min} to ${max}`);
    value.forEach((entry, i) => {
      item(entry, `${path}[${i}]`);
    });
  };
const record =
  (fields: Record<string, Rule>): Rule =>
  (value, path) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return refuse(path, 'an object');
    for (const name of Object.keys(value)) if (!Object.hasOwn(fields, name)) refuse(`${path}.${name}`, 'unknown field');
    for (const [name, rule] of Object.entries(fields))
      rule((value as Record<string, unknown>)[name], `${path}.${name}`);
  };

const appId = matching(/^[0-9a-fA-F]{32}$/, 'an App ID (32 hex characters)');
const anyId = matching(/^[\x21-\x7e]{1,64}$/, 'an id of 1 to 64 visible characters');
const version = int(0, Number.MAX_SAFE_INTEGER);
const certificate = record({ id: anyId, slot: oneOf('primary', 'secondary'), sealed: text(LIMITS.sealed) });
const regions: Rule = (value, path) => {
  list((entry, at) => isRegion(entry) || refuse(at, 'a region'), 1, REGIONS.length)(value, path);
  if (new Set(value as unknown[]).size !== (value as unknown[]).length) refuse(path, 'no region twice');
};
const edge = record({
  name: anyId,
  region: (value, path) => isRegion(value) || refuse(path, 'a region'),
  url: text(),
  relay: text(LIMITS.text, 0),
  serving: bool,
});

const SUBJECTS: Record<string, Rule> = {
  token: record({ type: text(), tokenId: matching(/^[0-9a-f]{64}$/, 'a SHA-256 in hex') }),
  user: record({ type: text(), account: text(255) }),
  channel: record({ type: text(), channel: text(64) }),
  certificate: record({ type: text(), certificateId: anyId }),
  project: record({ type: text() }),
};
const subject: Rule = (value, path) => {
  const type = (value as { type?: unknown } | null)?.type;
  if (typeof type !== 'string' || !Object.hasOwn(SUBJECTS, type)) return refuse(`${path}.type`, 'unknown subject');
  SUBJECTS[type]!(value, path);
};

const SCHEMAS: Record<ResourceKind, Rule> = {
  project: record({
    kind: text(),
    id: appId,
    version,
    projectId: anyId,
    organisationId: anyId,
    name: text(LIMITS.text, 0),
    status: oneOf('active', 'frozen', 'archived'),
    environment: oneOf('development', 'staging', 'production'),
    mode: oneOf('token', 'app-id'),
    certificates: list(certificate, 0, LIMITS.certificates),
  }),
  tokenPolicy: record({
    kind: text(),
    id: appId,
    version,
    maxLifetimeSeconds: int(1, 86_400),
    wildcardChannel: bool,
    wildcardUser: bool,
    legacy006: bool,
    clockSkewSeconds: int(0, 3_600),
  }),
  fence: record({ kind: text(), id: appId, version, regions }),
  staleness: record({ kind: text(), id: appId, version, joinSeconds: int(0, 31_536_000) }),
  revocation: record({ kind: text(), id: anyId, version, appId, subject, issuedBefore: int(0, 253_402_300_799) }),
  observation: record({
    kind: text(),
    id: matching(/^ssn_[0-9a-f]{32}$/, 'the id of a session'),
    version,
    appId,
    tokenId: matching(/^(?:[0-9a-f]{64})?$/, 'a SHA-256 in hex, or nothing'),
    until: int(0, 253_402_300_799),
  }),
  edges: record({
    kind: text(),
    id: oneOf('edges'),
    version,
    generation: int(0, Number.MAX_SAFE_INTEGER),
    edges: list(edge, 0, LIMITS.edges),
  }),
};

export function checkResource(value: unknown, path = 'resource'): Checked<Resource> {
  try {
    const kind = (value as { kind?: unknown } | null)?.kind;
    if (typeof kind !== 'string' || !Object.hasOwn(SCHEMAS, kind)) refuse(`${path}.kind`, 'unknown kind');
    SCHEMAS[kind as ResourceKind](value, path);
    return { ok: true, value: value as Resource };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, path: error.path, detail: error.detail };
    throw error;
  }
}

export function checkResources(value: unknown, path: string): Checked<Resource[]> {
  if (!Array.isArray(value)) return { ok: false, path, detail: 'a list' };
  if (value.length > LIMITS.resources) return { ok: false, path, detail: `at most ${LIMITS.resources} resources` };
  for (let i = 0; i < value.length; i++) {
    const checked = checkResource(value[i], `${path}[${i}]`);
    if (!checked.ok) return checked;
  }
  return { ok: true, value: value as Resource[] };
}

export function checkKeys(value: unknown, path: string): Checked<ResourceKey[]> {
  if (!Array.isArray(value) || value.length > LIMITS.resources) return { ok: false, path, detail: 'a list of keys' };
  for (let i = 0; i < value.length; i++) {
    const key: unknown = value[i];
    const slash = typeof key === 'string' ? key.indexOf('/') : -1;
    if (typeof key !== 'string' || slash < 0 || slash === key.length - 1 || key.length > 128)
      return { ok: false, path: `${path}[${i}]`, detail: 'a key of the form kind/id' };
    if (!KINDS.includes(key.slice(0, slash) as ResourceKind))
      return { ok: false, path: `${path}[${i}]`, detail: 'unknown kind' };
  }
  return { ok: true, value: value as ResourceKey[] };
}
