import 'server-only';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import type { Source } from '@/lib/authz';
import { isRegion, type Region } from '@/lib/kernel/region';
import { keyring } from '@/lib/keyring/shared';
import { systemClock } from '@/lib/platform';
import { fleetErrors } from './errors';
import type { BanEdge, ExpectEdge, FleetState, JoinTicket } from './schemas';
import { edgeState } from './state';
import * as store from './store';

/** How long a join token can be used. The machine that is to be the edge should be ready when it is made. */
const JOIN_SECONDS = 600;

/** How the edges stand, counted at the moment of reading. Any member of staff. */
export const fleetState = (secret: string): Promise<FleetState> =>
  store.asFleetStaff(secret, async (tx) => {
    const version = await store.headVersion(tx);
    const edges = await store.fleet(tx);
    const now = systemClock.now();
    const counts: FleetState['counts'] = {};
    for (const edge of edges) {
      const facts = {
        bannedAt: edge.banned_at,
        drainingAt: edge.draining_at,
        lastSeenAt: edge.last_seen_at,
        appliedSeq: edge.applied_seq,
        enforcedSeq: edge.enforced_seq,
        refusal: edge.refusal,
      };
      const { state } = edgeState(facts, BigInt(version.seq), now);
      counts[state] = (counts[state] ?? 0) + 1;
    }
    return { version, edges: edges.length, counts };
  });

/**
 * Lets an edge of this name join for ten minutes. Needs a step-up for `edge.enrol` on the name: whoever joins is given the
 * region's key. Throws `edge.role`, `edge.name_taken`, `step_up.required`, `keyring.unavailable`.
 */
export async function expectEdge(secret: string, input: ExpectEdge, source?: Source): Promise<JoinTicket> {
  const { token, join, fingerprint } = await newJoin();
  await store.insertEdge(secret, input, join, source);
  return { ...input, token, expiresAt: join.expiresAt.toISOString(), fingerprint };
}

/** A new join token for an edge that is known already. Throws as `expectEdge`, `edge.not_found`, `edge.banned`. */
export async function renewJoin(secret: string, name: string, source?: Source): Promise<JoinTicket> {
  const { token, join, fingerprint } = await newJoin();
  const region = await store.renewJoin(secret, name, join, source);
  return { name, region: regionOf(region), token, expiresAt: join.expiresAt.toISOString(), fingerprint };
}

/** Channels are no longer homed on a draining edge: joins sent to it are passed on, its own sessions go on. Throws `edge.role`, `edge.not_found`, `edge.banned`. */
export const setDraining = (secret: string, name: string, draining: boolean, source?: Source): Promise<void> =>
  store.setDraining(secret, name, draining ? new Date(systemClock.now()) : null, source);

/**
 * Ends the edge's part in the fleet for good: control closes its connection within about a second and renews no certificate
 * of it. Needs a step-up for `edge.ban` on the name. Throws `edge.role`, `edge.not_found`, `edge.banned`, `step_up.required`.
 */
export const banEdge = (secret: string, { name, reason }: BanEdge, source?: Source): Promise<void> =>
  store.banEdge(secret, name, reason, new Date(systemClock.now()), source);

/** The keyring is asked first: a token nobody can use would only wait to be found. */
async function newJoin() {
  const { edgeCa } = await keyring().call('trust.describe', {});
  const token = randomBytes(32).toString('base64url');
  return {
    token,
    join: {
      hash: Uint8Array.from(createHash('sha256').update(token).digest()),
      expiresAt: new Date(systemClock.now() + JOIN_SECONDS * 1000),
    },
    fingerprint: createHash('sha256').update(new X509Certificate(edgeCa).raw).digest('hex'),
  };
}

function regionOf(text: string): Region {
  if (!isRegion(text)) throw fleetErrors('edge.not_found');
  return text;
}
