import 'server-only';
import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import * as keeping from '@/lib/audit-retention';
import { eraseForm, holdForm, pruneForm, pruningForm, releaseForm, retentionForm } from '@/lib/audit-retention/schemas';
import { answerForm, type FormAnswer } from '@/lib/identity';

/** What the forms of a log's keeping do, whoever's log it is. The guarded action says who asks; the capability decides. */
type As = keeping.Keeper;

const act =
  <S extends z.ZodType>(schema: S, work: (as: As, fields: z.output<S>) => Promise<string>) =>
  (as: As, form: FormData): Promise<FormAnswer> =>
    answerForm(schema, form, async (fields) => {
      const message = await work(as, fields);
      revalidatePath('/', 'layout');
      return { ok: true, message };
    });

export const keepingAnswers = {
  setRetention: act(retentionForm, async (as, { class: name, months }) =>
    (await keeping.setRetention(as, name, months)) ? 'The period is changed.' : 'It was that already.',
  ),
  setHold: act(holdForm, async (as, fields) => {
    await keeping.setHold(as, fields);
    return 'The hold is in force.';
  }),
  /** Asks for it, or agrees to it as the second person. */
  release: act(releaseForm, async (as, { hold }) =>
    (await keeping.releaseHold(as, hold)) === 'asked' ? 'Asked. Another person has to agree.' : 'The hold is released.',
  ),
  propose: act(pruneForm, async (as, fields) => {
    await keeping.proposePruning(as, fields);
    return 'Proposed. Another person has to approve it within seven days.';
  }),
  /** As another person than who proposed it. */
  approve: act(pruningForm, async (as, { pruning }) => {
    await keeping.approvePruning(as, pruning);
    return 'Approved. It begins within seconds.';
  }),
  withdraw: act(pruningForm, async (as, { pruning }) => {
    await keeping.withdrawPruning(as, pruning);
    return 'Stopped.';
  }),
  /** For good. */
  erase: act(eraseForm, async (as, { person }) => {
    const events = await keeping.erasePerson(as, person);
    return `Erased from ${events} ${events === 1 ? 'record' : 'records'}.`;
  }),
};
