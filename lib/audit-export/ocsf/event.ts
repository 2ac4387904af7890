import { type ActorKind, type AuditEntry, isEventSchema, type PlacedState } from '@/lib/audit';
import { sentenceOf } from '@/lib/audit-log';
import { CLASSES, MAPPING_VERSION, OCSF_VERSION, SEVERITIES, type Severity } from './classes';
import { authFactors, endpoint, entityOf, type Json, request, userTypes, whom } from './objects';
import { MAPPINGS, type Mapping } from './table';

/** Where an event stands: its place, and what is to be said of the log as a whole. */
export interface Place {
  index: number;
  /** Hex SHA-256. */
  leafHash: string;
  log: LogFacts;
}

export interface LogFacts {
  origin: string;
  /** `digital_signature` objects of whoever signed the checkpoint. */
  signatures: readonly Json[];
}

/** What of an event has found a place in the schema; the rest goes to `unmapped`. */
export interface Taken {
  details: Set<string>;
  personal: Set<string>;
}

/** An event that is what the log holds, in its class. `unmapped` has what no attribute is for: nothing is left out. */
export function ocsfEvent(entry: AuditEntry, place: Place): Json {
  const mapping = isEventSchema(entry.schema) ? MAPPINGS[entry.schema] : UNKNOWN;
  const of = CLASSES[mapping.class];
  const taken: Taken = { details: new Set(), personal: new Set() };
  const event = {
    ...head(mapping, entry),
    time: Date.parse(entry.at),
    message: sentenceOf(entry.schema),
    metadata: metadata(entry, place, of.actor ? [] : ['host']),
    ...status(mapping, entry, taken),
    actor: { user: actorOf(entry, taken) },
    ...(of.source === 'none' ? {} : endpoint(entry, taken, mapping.class === 'api')),
    ...(of.source === 'request' ? request(entry, taken) : {}),
    ...ownOf(mapping, entry, taken, place),
  };
  return { ...event, unmapped: unmapped(entry, place, taken) };
}

/**
 * An event that is not what the log holds there any more, or gone: it is told as a finding, so that no program takes for true what somebody
 * may have written. One that was pruned as was agreed is told as what it is. `foundAt`: Unix milliseconds, where the event itself has no time.
 */
export function ocsfFault(
  entry: AuditEntry | null,
  { state, foundAt }: { state: Exclude<PlacedState, 'intact'>; foundAt: number },
  place: Omit<Place, 'leafHash'>,
): Json {
  const { index, log } = place;
  const metadata = { version: OCSF_VERSION, product: PRODUCT, sequence: index, log_name: log.origin };
  const rest = { mapping_version: MAPPING_VERSION, index, state, ...(entry ? { stored: entry } : {}) };
  if (state === 'pruned') {
    const message = `An event of the audit log was pruned, as was agreed: #${index}`;
    const told = { time: foundAt, message, metadata, log_name: log.origin, unmapped: rest };
    return { ...classified('log', 'Delete', 1), ...told, status_id: 1, status: 'Success' };
  }
  const title =
    state === 'missing'
      ? 'An event of the audit log is not stored any more'
      : 'A stored event is not what the audit log holds';
  return {
    ...classified('finding', 'Create', 5),
    time: foundAt,
    message: `${title}: #${index}`,
    metadata,
    finding_info: { uid: `${log.origin}#${index}`, title },
    unmapped: rest,
  };
}

const UNKNOWN: Mapping = { class: 'base', activity: 'Event', severity: 1, user: 'actor' };
const PRODUCT = { name: 'Cordon', vendor_name: 'Cordon' };
const OTHER = 99;

function classified(className: Mapping['class'], activity: string, severity: Severity): Json {
  const { uid, name, category, activities }: (typeof CLASSES)[keyof typeof CLASSES] = CLASSES[className];
  const activityId = (activities as Record<string, number>)[activity] ?? OTHER;
  return {
    activity_id: activityId,
    activity_name: activity,
    category_uid: Math.floor(uid / 1000),
    category_name: category,
    class_uid: uid,
    class_name: name,
    type_uid: uid * 100 + activityId,
    type_name: `${name}: ${activityId === OTHER ? 'Other' : activity}`,
    severity_id: severity,
    severity: SEVERITIES[severity],
  };
}

const head = ({ class: of, activity, severity }: Mapping, { outcome }: AuditEntry): Json =>
  classified(of, activity, outcome === 'success' || severity > 1 ? severity : 2);

const metadata = (entry: AuditEntry, { index, log }: Place, profiles: readonly string[]): Json => ({
  version: OCSF_VERSION,
  ...(profiles.length > 0 ? { profiles } : {}),
  product: PRODUCT,
  uid: entry.id,
  event_code: entry.schema,
  original_time: entry.at,
  sequence: index,
  log_name: log.origin,
  tenant_uid: entry.organisationId ?? 'provider',
  correlation_uid: entry.actId,
});

/** Of findings, `status` is what became of them, which is not ours to say. */
function status({ class: of }: Mapping, { outcome, details }: AuditEntry, taken: Taken): Json {
  if (of === 'finding') return {};
  const success = outcome === 'success';
  const code = details.code;
  if (typeof code === 'string') taken.details.add('code');
  return {
    status_id: success ? 1 : 2,
    status: success ? 'Success' : 'Failure',
    ...(success ? {} : { status_detail: outcome }),
    ...(typeof code === 'string' ? { status_code: code } : {}),
  };
}

/** People by the name they have in this log alone; their id beside it where the reader may see it. */
function actorOf({ actor, actorKind, personal }: AuditEntry, taken: Taken): Json {
  const id = personal['actor.id'];
  if (id?.state === 'present') taken.personal.add('actor.id');
  return {
    uid: actor,
    ...(id?.state === 'present' ? { uid_alt: String(id.value) } : {}),
    ...userTypes(actorKind),
  };
}

/** What a class asks for besides what all have. */
function ownOf(mapping: Mapping, entry: AuditEntry, taken: Taken, { log }: Place): Json {
  const object = { uid: entry.objectId || entry.objectType, type: entry.objectType };
  const user = () => ({ user: whom(mapping.user, entry, taken, () => actorOf(entry, taken)) });
  const privileges = () => {
    const name = mapping.privileges!;
    taken.details.add(name);
    return { privileges: [String(entry.details[name])] };
  };
  switch (mapping.class) {
    case 'account':
      return { ...user(), ...authFactors(mapping, entry, taken) };
    case 'authentication':
      return { ...user(), ...authFactors(mapping, entry, taken), service: { name: 'Cordon' } };
    case 'session':
    case 'access':
      return { ...user(), ...privileges() };
    case 'entity':
      return entityOf(entry, taken);
    case 'resources':
      return { web_resources: [object] };
    case 'lifecycle':
      return { app: { uid: object.uid, name: 'Cordon edge', vendor_name: 'Cordon' } };
    case 'api':
      return { api: { operation: entry.schema }, resources: [object] };
    case 'log':
      return { log_name: log.origin };
    case 'finding':
      return { finding_info: { uid: entry.id, title: sentenceOf(entry.schema), types: [entry.schema] } };
    case 'base':
      return {};
  }
}

/**
 * The rest, and what ties the event to the log: `attestation_list` has the form of the profile `record_integrity`, which no released version
 * of the schema has. Its hash is that of the entry in the log and not, as there, of this text.
 */
function unmapped(entry: AuditEntry, { index, leafHash, log }: Place, taken: Taken): Json {
  const personal = Object.entries(entry.personal);
  const present = personal.flatMap(([name, field]) =>
    field.state === 'present' && !taken.personal.has(name) ? [[name, field.value]] : [],
  );
  const closed = personal.flatMap(([name, { state }]) => (state === 'present' ? [] : [[name, state]]));
  const details = Object.entries(entry.details).filter(([name]) => !taken.details.has(name));
  return {
    mapping_version: MAPPING_VERSION,
    actor_kind: entry.actorKind satisfies ActorKind,
    outcome: entry.outcome,
    object: { type: entry.objectType, id: entry.objectId },
    project_id: entry.projectId,
    ...(details.length > 0 ? { details: Object.fromEntries(details) } : {}),
    ...(present.length > 0 ? { personal: Object.fromEntries(present) } : {}),
    ...(closed.length > 0 ? { closed: Object.fromEntries(closed) } : {}),
    attestation_list: [
      {
        uid: String(index),
        chain_uid: log.origin,
        authority_uid: log.origin,
        fingerprint: { algorithm_id: 3, algorithm: 'SHA-256', value: leafHash },
        signatures: log.signatures,
      },
    ],
  };
}
