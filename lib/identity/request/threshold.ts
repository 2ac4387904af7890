import 'server-only';
import type { Actor, Credentials } from '@/lib/audit';
import type { KeyHolder, Member, Staff } from '@/lib/db';
import { createLog, isCordonError } from '@/lib/platform';
import { errors } from '../errors';
import type { LiveSession } from '../sessions/sessions';
import { addressPrefix } from './address';
import { isInside } from './networks';
import { requestSource } from './request';
import * as store from './store';

/**
 * Where somebody steps in. The database holds a session against the access policy of what is entered; here, in the one place every door
 * and page comes through, the address is held against the policy's networks, because the database sees no addresses. Whoever is known and
 * turned away is recorded: a right session from the wrong place is what a stolen one looks like.
 */
const log = createLog('console');

/** The signed-in person, with the session's secret. */
type Here = LiveSession & { readonly secret: string };

/** As a member of an organisation. `act` is what they are about to do. Throws `organisation.not_found`, `policy.*`. */
export const memberHere = (person: Here, organisationId: string, act: string): Promise<Member> =>
  step(() => store.enterMember(person.secret, organisationId), {
    credentials: { kind: 'person', secret: person.secret },
    actor: () => ({ kind: 'member', id: person.userId }),
    organisation: () => organisationId,
    realm: 'customer',
    act,
  });

/** As a member of the provider's staff. Throws `policy.*`. */
export const staffHere = (person: Here, act: string): Promise<Staff> =>
  step(() => store.enterStaff(person.secret), {
    credentials: { kind: 'person', secret: person.secret },
    actor: () => ({ kind: 'staff', id: person.userId }),
    organisation: () => null,
    realm: 'staff',
    act,
  });

/** As the holder of an API key. Throws `key.invalid`, `policy.address`. */
export const keyHolderHere = (key: string, act: string, request?: Request): Promise<KeyHolder> =>
  step(() => store.enterApiKey(key), {
    credentials: { kind: 'api-key', key },
    actor: (who) => who && { kind: 'api-key', id: who.apiKeyId },
    organisation: (who) => who?.organisationId ?? null,
    realm: 'api',
    act,
    headers: request?.headers,
  });

interface Step<W> {
  readonly credentials: Credentials;
  /** Null while nobody is known. */
  readonly actor: (who: W | null) => Actor | null;
  readonly organisation: (who: W | null) => string | null;
  readonly realm: string;
  readonly act: string;
  readonly headers?: Headers;
}

async function step<W>(enter: () => Promise<store.Entered<W>>, of: Step<W>): Promise<W> {
  let known: W | null = null;
  try {
    const { who, networks } = await enter();
    known = who;
    if (networks.length > 0 && !isInside((await requestSource(of.headers)).address, networks))
      throw errors('policy.address');
    return who;
  } catch (error) {
    if (isCordonError(error) && error.status === 403 && error.code.startsWith('policy.'))
      await record(of, known, error.code);
    throw error;
  }
}

async function record<W>(of: Step<W>, known: W | null, code: string): Promise<void> {
  const actor = of.actor(known);
  if (!actor) return;
  try {
    const { address, userAgent } = await requestSource(of.headers);
    await store.refuseEntry(of.credentials, {
      actor: { ...actor, addressPrefix: addressPrefix(address), userAgent },
      organisationId: of.organisation(known),
      act: of.act,
      realm: of.realm,
      code,
    });
  } catch (failure) {
    // They are turned away either way; that it could not be recorded must not be lost.
    log.error('refusal not recorded', { code, error: failure });
  }
}

/** What a policy asks of whoever it turned away, and which of it. */
export interface TurnedAway {
  /** `policy.*`. */
  readonly code: string;
  readonly passwordMaxAgeDays: number | null;
  readonly sessionIdleMinutes: number;
  readonly sessionHours: number;
  readonly factor: 'any' | 'passkey' | 'device-bound';
  /** Where the request comes from, as the console sees it. */
  readonly address: string;
}

/**
 * Why a person does not get into an organisation they belong to (null: the staff realm) at this moment, or null when they do. Records
 * nothing. Throws `organisation.not_found`.
 */
export async function turnedAway(person: Here, organisationId: string | null): Promise<TurnedAway | null> {
  const found = await store.turnedAway(person.secret, organisationId);
  const { address } = await requestSource();
  const code = found.refusal ?? ((await outside(person.secret, organisationId, address)) ? 'policy.address' : null);
  if (code === null) return null;
  return {
    code,
    passwordMaxAgeDays: found.password_max_age_days,
    sessionIdleMinutes: found.session_idle_minutes,
    sessionHours: found.session_hours,
    factor: found.factor,
    address,
  };
}

async function outside(secret: string, organisationId: string | null, address: string): Promise<boolean> {
  const { networks } =
    organisationId === null ? await store.enterStaff(secret) : await store.enterMember(secret, organisationId);
  return networks.length > 0 && !isInside(address, networks);
}
