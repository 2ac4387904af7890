/**
 * Security policies that configure: how members of an organisation, and the provider's staff, sign in, from where and for how long. The
 * settings are the policy; the document (`policyText`) is made from them, and the database and lib/identity enforce them wherever somebody
 * enters. The server's only door; browsers may import `schemas.ts`.
 *
 * What it does not do: a longer minimum says nothing about passwords chosen earlier, and networks are checked by the console, which sees
 * the address, not by the database. Nobody can shut themselves out, but a network that gets other addresses later shuts out everybody in
 * it: then whoever runs the database sets `networksForSessions` of the row to false.
 */
import 'server-only';
import { isInside } from '@/lib/identity';
import { errors } from './errors';
import type { AccessPolicyView } from './schemas';
import type { AccessSettings } from './settings';
import * as store from './store';

export { errors as accessPolicyErrors } from './errors';
export type { Decider } from './store';

/** The policy in force for whoever asks: of the member's organisation, or of the provider for staff. */
export const readAccessPolicy = (as: store.Decider): Promise<AccessPolicyView> => store.read(as);

/**
 * Puts these settings in force, from the next request of everybody on; false when nothing would change. `version` is the one they were
 * decided upon, `address` the one its author asks from. Owners, administrators, and the provider's administrators; step-up
 * `access-policy.change` (staff: `staff-policy.change`) in the terms of what changes. Nobody locks themselves out. Throws `access-policy.*`.
 */
export async function changeAccessPolicy(
  as: store.Decider,
  version: number,
  settings: AccessSettings,
  address: string,
): Promise<boolean> {
  if (settings.networksForSessions && settings.networks.length > 0 && !isInside(address, settings.networks))
    throw errors('access-policy.own_address', { field: 'networks' });
  return store.change(as, version, settings);
}
