'use server';

import { revalidatePath } from 'next/cache';
import * as grants from '@/lib/grants';
import { askForm, commentForm, extendForm, requestForm, reviewForm, type State, voteForm } from '@/lib/grants/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

const callerOf = async ({ secret }: { secret: string }) => ({ secret, source: await auditSource() });
const read = () => revalidatePath('/staff', 'layout');

const NOW: Readonly<Partial<Record<State, string>>> = {
  pending: 'Signed. More have to agree.',
  active: 'Signed. The grant is active.',
  scheduled: 'Signed. The grant begins at its time.',
  extended: 'Signed. The grant lasts longer now.',
  denied: 'Signed. The request is refused.',
};

export const askAction = guarded(
  { action: 'create', subject: 'AccessRequest', realm: 'staff', asks: 'grant.request' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(askForm, form, async (fields) => {
      await grants.askForAccess(await callerOf(staff), fields);
      read();
      return {
        ok: true,
        message: fields.kind === 'break-glass' ? 'Open. Everybody who was passed over is told.' : 'Asked.',
        request: fields.request,
      };
    }),
);

export const extendAction = guarded(
  { action: 'create', subject: 'AccessRequest', realm: 'staff', asks: 'grant.request' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(extendForm, form, async (fields) => {
      await grants.askForExtension(await callerOf(staff), fields);
      read();
      return { ok: true, message: 'Asked. The grant ends at its time unless it is approved before.' };
    }),
);

export const voteAction = guarded(
  { action: 'vote', subject: 'AccessRequest', realm: 'staff', asks: 'grant.vote' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(voteForm, form, async (fields) => {
      const state = await grants.voteOnRequest(await callerOf(staff), fields);
      read();
      return { ok: true, message: NOW[state] ?? 'Signed.' };
    }),
);

/** Of a break-glass, by two others. */
export const reviewAction = guarded(
  { action: 'review', subject: 'AccessRequest', realm: 'staff', asks: 'grant.review' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(reviewForm, form, async (fields) => {
      const { open } = await grants.reviewBreakGlass(await callerOf(staff), fields);
      read();
      return { ok: true, message: open ? 'Signed. One more has to look at it.' : 'Signed. The review is closed.' };
    }),
);

export const giveBackAction = guarded(
  { action: 'end', subject: 'AccessRequest', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(requestForm, form, async ({ request }) => {
      const how = await grants.giveBack(await callerOf(staff), request);
      read();
      return { ok: true, message: how === 'withdrawn' ? 'Withdrawn.' : 'Given back. What runs on it is cut.' };
    }),
);

export const revokeAction = guarded(
  { action: 'revoke', subject: 'AccessRequest', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(requestForm, form, async ({ request }) => {
      await grants.revoke(await callerOf(staff), request);
      read();
      return { ok: true, message: 'Revoked. What runs on it is cut.' };
    }),
);

export const commentAction = guarded(
  { action: 'comment', subject: 'AccessRequest', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(commentForm, form, async (fields) => {
      await grants.comment(await callerOf(staff), fields);
      read();
      return { ok: true, message: 'Sent.' };
    }),
);
