import 'server-only';
import type { z } from 'zod';
import { inStaff, type StaffCaller } from '@/lib/authz';
import { newLink } from '@/lib/identity';
import { isId, newId, systemClock } from '@/lib/platform';
import * as copies from '../copies/store';
import { errors } from '../errors';
import { about } from '../read';
import type { shareForm } from '../schemas';
import * as store from './store';

/**
 * Shares a copy with somebody from outside, and gives the link, once. The passkey signs for whom, which lines are withheld, until when and how many
 * views. Throws `recording.copy`, `authz.step_up_required`.
 */
export const shareCopy = (
  caller: StaffCaller,
  { copy: copyId, recipient, days, views }: z.output<typeof shareForm>,
): Promise<string> =>
  inStaff(caller, ['SessionRecording', 'share'], async (desk) => {
    const copy = isId('rcp', copyId) ? await copies.copy(desk, copyId) : null;
    if (!copy) throw errors('recording.copy');
    await desk.stepUp({
      ...{ action: 'recording.share', object: copyId },
      terms: [
        ['Screen record', copy.sessionId],
        ['Withheld lines', copy.withheld || 'none: the whole record'],
        ['Shown to', recipient],
        ['For', days === 1 ? '1 day' : `${days} days`],
        ['Views', String(views)],
      ],
    });
    const id = newId('shr');
    const { link, secretHash } = newLink('customer', '/shared-record');
    const expiresAt = new Date(systemClock.now() + days * 86_400_000);
    await store.insert(desk, { id, copyId, recipient, secretHash, expiresAt, mostViews: views });
    await desk.record('recording.shared@1', about(copy.sessionId), {
      ...{ share: id, copy: copyId, until: expiresAt.toISOString(), views, whole: copy.withheld === '', recipient },
    });
    return link;
  });

/** Ends a share at once: also for whoever is looking. Throws `recording.copy` when there is none that could be ended. */
export const revokeShare = (caller: StaffCaller, id: string): Promise<void> =>
  inStaff(caller, ['SessionRecording', 'revoke'], async (desk) => {
    const session = isId('shr', id) ? await store.revoke(desk, id) : null;
    if (!session) throw errors('recording.copy');
    await desk.record('recording.share_revoked@1', about(session), { share: id });
  });
