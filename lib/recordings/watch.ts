import 'server-only';
import { authzErrors, may, type StaffCaller } from '@/lib/authz';
import { readFrom } from './lines';
import { about, inRecording } from './read';
import type { WatchView } from './schemas';
import * as store from './store';

/**
 * What has come of a session that runs, for whoever watches it, from a byte at which a row begins. Asking is watching: the person in the session is
 * told, by control and the gateway, until nobody has asked for a while. That somebody began is recorded, and which bytes they saw. Throws
 * `recording.not_found`, `authz.forbidden`.
 */
export const watchRecording = (caller: StaffCaller, session: string, from: number): Promise<WatchView> =>
  inRecording(caller, session, async (desk, { over }) => {
    const { userId, sessionId, role } = desk;
    if (!may({ kind: 'staff', userId, sessionId, role, secret: '' }, 'watch', 'SessionRecording'))
      throw authzErrors('authz.forbidden');
    if (!over && (await store.watches(desk, session))) await desk.record('recording.watched@1', about(session), {});
    const { view, to } = await readFrom((at) => store.pieces(desk, session, at), from);
    if (view.lines.length > 0) await desk.record('recording.played@1', about(session), { from, to });
    return { lines: view.lines, next: view.next ?? from, over };
  });
