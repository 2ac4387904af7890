import 'server-only';
import type { StaffCaller } from '@/lib/authz';
import { MEDIA_PLANE, openingTerms } from '@/lib/kernel/grant';
import { isChannelName } from '@/lib/kernel/token';
import { keyring } from '@/lib/keyring';
import { isId, newUuid, systemClock } from '@/lib/platform';
import { readinessOf } from '@/lib/training';
import { inAccess } from '../desk';
import { errors } from '../errors';
import { isSilent, standingOf } from '../ledger';
import { demandUnlocked } from '../requests/ask';
import * as requests from '../requests/store';
import type { Opened } from '../schemas';
import { watch } from './observe';
import { readPublicKey } from './public-key';
import * as store from './store';

/** Milliseconds in which a confirmed session must begin. */
const BEGIN_MS = 120_000;

/**
 * Confirms one session on one target: on a host through the web terminal (no key) or with one's own key, which gets a certificate for the gateway;
 * on an App ID through the media-plane, in one channel. Throws `grant.not_found`, `grant.not_yours`, `grant.not_active`, `grant.not_ready`,
 * `grant.locked`, `grant.target`, `grant.public_key`, `grant.channel`, `grant.no_project`, `grant.certificate`, `grant.ticket`, `grant.keyring`,
 * `authz.step_up_required`.
 */
export async function openSession(
  caller: StaffCaller,
  { session, request: id, target, publicKey, channel: name = '' }: Asked,
  address: string | null,
): Promise<Opened> {
  const key = publicKey === '' ? null : readPublicKey(publicKey);
  if (publicKey !== '' && !key) throw errors('grant.public_key', { field: 'publicKey' });
  const channel = channelOf(target, name);
  if (channel !== null && key) throw errors('grant.target', { field: 'target' });
  const { until, watching } = await inAccess(caller, ['ProductionSession', 'open'], id, async (desk) => {
    const row = isId('grt', id) && isId('ssn', session) ? await requests.find(desk, id) : null;
    if (!row) throw errors('grant.not_found');
    if (row.personId !== desk.userId) throw errors('grant.not_yours');
    if (!row.targets.includes(target)) throw errors('grant.target', { field: 'target' });
    const standing = await standingOf(id);
    const { state, deadline } = standing;
    if (state !== 'active' || deadline === null) throw errors('grant.not_active');
    const { missing } = await readinessOf(desk.tx, desk.userId);
    if (missing.length > 0) throw errors('grant.not_ready', { why: `Missing: ${missing.join('; ')}.` });
    await demandUnlocked(desk, [target]);
    const through = channel !== null ? MEDIA_PLANE : key ? `key ${key.fingerprint}` : 'web terminal';
    const terms = openingTerms({ session, target, through, channel, address });
    await desk.stepUp({ action: 'production.open', object: id, terms });
    const signed = (await standingOf(id)).sessions.some((one) => one.session === session && one.through === through);
    if (!signed) throw errors('grant.not_signed');
    await store.insert(desk, { id: session, requestId: id, target, through, channel });
    const watching = channel === null ? null : await watch(desk, session, channel);
    const object = { type: 'access-request', id };
    const actId = newUuid(systemClock.now());
    await desk.record('production.opened@1', { object, actId }, { target, through, session });
    const concerned = (await requests.parts(desk, [id])).filter(({ targets }) => targets.includes(target));
    for (const { organisationId, staffId } of concerned)
      await desk.record(
        'provider_access.opened@1',
        { object, actId, organisation: { id: organisationId, alias: staffId } },
        { staff: staffId, target, session },
      );
    if (watching) {
      // What the edges are told is taken back when the copy says that the grant is over.
      await requests.note(desk.tx, standing);
      await store.observe(desk, session);
    }
    return { until: new Date(deadline * 1000).toISOString(), watching };
  });
  if (watching)
    return { session, until, validBefore: new Date(systemClock.now() + BEGIN_MS).toISOString(), ...watching };
  const opening = key ? await certify(session, key.line, address) : await ticketOf(session);
  return { session, until, ...opening };
}

interface Asked {
  session: string;
  request: string;
  target: string;
  /** Empty for the web terminal. */
  publicKey: string;
  /** Of an App ID, and only there. */
  channel?: string;
}

/** Null on a host. Throws `grant.channel`. */
function channelOf(target: string, name: string): string | null {
  const isApp = target.startsWith('app:');
  if (isApp ? !isChannelName(name) || name !== name.trim() : name !== '')
    throw errors('grant.channel', { field: 'channel' });
  return isApp ? name : null;
}

/** Throws `grant.certificate`: the confirmation is used up by then, or will be over, and another is given. */
async function certify(session: string, publicKey: string, address: string | null) {
  try {
    const ask = { session, publicKey, address };
    const { certificate, validBefore } = await keyring().call('ssh.employeeCertificate', ask);
    return { through: 'key', certificate, validBefore: new Date(validBefore * 1000).toISOString() } as const;
  } catch (error) {
    if (isSilent(error)) throw errors('grant.certificate', { cause: error });
    throw error;
  }
}

/** Throws `grant.ticket`, as `certify` does. */
async function ticketOf(session: string) {
  try {
    const { ticket } = await keyring().call('ssh.terminalTicket', { session });
    const validBefore = new Date(systemClock.now() + BEGIN_MS).toISOString();
    return { through: 'web terminal', ticket, validBefore } as const;
  } catch (error) {
    if (isSilent(error)) throw errors('grant.ticket', { cause: error });
    throw error;
  }
}
