'use server';

import { revalidatePath } from 'next/cache';
import { openSession, terminate } from '@/lib/grants';
import { openForm } from '@/lib/grants/schemas';
import { answerForm, auditSource, guarded, requestSource } from '@/lib/identity';
import { makeCopy, revokeShare, shareCopy } from '@/lib/recordings';
import { copyForm, revokeShareForm, shareForm, terminateForm } from '@/lib/recordings/schemas';

/** Confirms one session. With a key of one's own it answers the certificate, which opens nothing but the gateway, and for two minutes. */
export const openSessionAction = guarded(
  { action: 'open', subject: 'ProductionSession', realm: 'staff', asks: 'production.open' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(openForm, form, async (fields) => {
      const { address } = await requestSource();
      const opened = await openSession({ secret, source: await auditSource() }, fields, address || null);
      revalidatePath('/staff/sessions');
      return { ok: true, opened };
    }),
);

const callerOf = async ({ secret }: { secret: string }) => ({ secret, source: await auditSource() });
const seen = () => revalidatePath('/staff/sessions', 'layout');

/** Ends the grant of a session that is being watched, with a reason. */
export const terminateAction = guarded(
  { action: 'revoke', subject: 'AccessRequest', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(terminateForm, form, async (fields) => {
      await terminate(await callerOf(staff), fields);
      seen();
      return { ok: true, message: 'Ended. What runs is being cut.' };
    }),
);

export const copyAction = guarded(
  { action: 'copy', subject: 'SessionRecording', realm: 'staff', asks: 'recording.copy' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(copyForm, form, async (fields) => {
      await makeCopy(await callerOf(staff), fields);
      seen();
      return { ok: true, message: 'The copy is made. Nobody sees it until it is shared.' };
    }),
);

/** Answers the link, once. */
export const shareAction = guarded(
  { action: 'share', subject: 'SessionRecording', realm: 'staff', asks: 'recording.share' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(shareForm, form, async (fields) => {
      const link = await shareCopy(await callerOf(staff), fields);
      seen();
      return { ok: true, link };
    }),
);

export const revokeShareAction = guarded(
  { action: 'revoke', subject: 'SessionRecording', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(revokeShareForm, form, async ({ share }) => {
      await revokeShare(await callerOf(staff), share);
      seen();
      return { ok: true, message: 'Revoked.' };
    }),
);
