import type { ActorKind, AuditEntry } from '@/lib/audit';
import type { Taken } from './event';
import type { Mapping } from './table';

/** Objects of the schema, made of an event's fields. Whatever is used of them is noted in `taken`. */
export type Json = Record<string, unknown>;

const TYPES: Readonly<Record<ActorKind, { type_id: number; type: string }>> = {
  member: { type_id: 1, type: 'User' },
  staff: { type_id: 2, type: 'Admin' },
  'api-key': { type_id: 4, type: 'Service' },
  edge: { type_id: 4, type: 'Service' },
  system: { type_id: 3, type: 'System' },
  anonymous: { type_id: 0, type: 'Unknown' },
};
export const userTypes = (kind: ActorKind): Json => TYPES[kind];

/** Of the schema's `email_t`. */
const EMAIL = /^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/;

/** A text among the personal values that this reader may see; noted when there is one. */
function seen({ personal }: AuditEntry, name: string, taken: Taken): string | null {
  const field = personal[name];
  if (field?.state !== 'present' || typeof field.value !== 'string') return null;
  taken.personal.add(name);
  return field.value;
}

/** The `user` that an event is about. */
export function whom(role: string, entry: AuditEntry, taken: Taken, actor: () => Json): Json {
  const email = entry.personal.email;
  const mail =
    email?.state === 'present' && EMAIL.test(String(email.value)) ? { email_addr: seen(entry, 'email', taken) } : {};
  if (role === 'actor') return { ...actor(), ...mail };
  const id = role === 'object' ? null : seen(entry, role, taken);
  return { uid: id ?? (entry.objectId || entry.objectType), ...mail };
}

const FACTORS = {
  totp: { factor_type_id: 7, factor_type: 'OTP', is_totp: true },
  passkey: { factor_type_id: 10, factor_type: 'WebAuthn' },
  recovery: { factor_type_id: 99, factor_type: 'Recovery Code' },
} as const;

export function authFactors({ factor }: Mapping, { details }: AuditEntry, taken: Taken): Json {
  if (!factor) return {};
  const name = factor === 'factor' ? String(details.factor) : factor;
  if (factor === 'factor') taken.details.add('factor');
  return { auth_factors: [FACTORS[name as keyof typeof FACTORS] ?? { factor_type_id: 99, factor_type: name }] };
}

const ENTITIES: Readonly<Record<string, { type_id: number; type: string }>> = {
  organisation: { type_id: 4, type: 'Organization' },
  'access-policy': { type_id: 5, type: 'Policy' },
};

/** The thing that was changed, with its name and what was said about the change. */
export function entityOf(entry: AuditEntry, taken: Taken): Json {
  const { objectId, objectType: type } = entry;
  const name = seen(entry, 'name', taken);
  const reason = seen(entry, 'reason', taken);
  return {
    entity: {
      uid: objectId || type,
      ...(name === null ? {} : { name }),
      ...(ENTITIES[type] ?? { type_id: 99, type }),
    },
    ...(reason === null ? {} : { comment: reason }),
  };
}

/** Where it came from: a network, never an address. A class that asks for it gets one without a name. */
export function endpoint(entry: AuditEntry, taken: Taken, always: boolean): Json {
  const name = seen(entry, 'actor.addressPrefix', taken);
  if (name === null) return always ? { src_endpoint: { name: 'unknown' } } : {};
  return { src_endpoint: { name } };
}

export function request(entry: AuditEntry, taken: Taken): Json {
  const agent = seen(entry, 'actor.userAgent', taken);
  return agent === null ? {} : { http_request: { user_agent: agent } };
}
