import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import { MEDIA_PLANE } from '@/lib/kernel/grant';
import { keyring } from '@/lib/keyring';
import { errors } from '../errors';
import { isSilent } from '../ledger';
import type { Opened } from '../schemas';
import * as store from './store';

type Watching = Omit<Extract<Opened, { through: 'media-plane' }>, 'session' | 'until' | 'validBefore'>;

/**
 * The token for watching the channel of a session that was just confirmed and written down. Uses the confirmation up. Throws `grant.no_project`,
 * `grant.ticket`.
 */
export async function watch(desk: StaffDesk, session: string, channel: string): Promise<Watching> {
  const project = await store.observedProject(desk, session);
  if (!project) throw errors('grant.no_project');
  const { certificate, fence } = project;
  const rank = ({ region }: { region: string }) => fence.indexOf(region);
  const edges = (await store.servingEdges(desk, fence)).sort((a, b) => rank(a) - rank(b));
  try {
    const { token, account } = await keyring().call('observer.token', { session, ...certificate });
    return { through: MEDIA_PLANE, token, account, appId: certificate.appId, channel, edges };
  } catch (error) {
    if (isSilent(error)) throw errors('grant.ticket', { cause: error });
    throw error;
  }
}
