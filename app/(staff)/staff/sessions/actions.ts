'use server';

import { revalidatePath } from 'next/cache';
import { openSession } from '@/lib/grants';
import { openForm } from '@/lib/grants/schemas';
import { answerForm, auditSource, guarded, requestSource } from '@/lib/identity';

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
