'use server';

import { revalidatePath } from 'next/cache';
import {
  approvePruning,
  erasePerson,
  proposePruning,
  releaseHold,
  setHold,
  setRetention,
  withdrawPruning,
} from '@/lib/audit-retention';
import { eraseForm, holdForm, pruneForm, pruningForm, releaseForm, retentionForm } from '@/lib/audit-retention/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

const REALM = { realm: 'staff' } as const;
const keeper = async ({ secret }: { secret: string }) => ({
  kind: 'staff' as const,
  secret,
  source: await auditSource(),
});
const done = (message: string) => {
  revalidatePath('/staff/log', 'layout');
  return { ok: true, message };
};

/** Keeps a class of records for another time. */
export const setProviderRetentionAction = guarded(
  { ...REALM, action: 'change', subject: 'AuditRetention', asks: 'staff-audit.retention' },
  (principal, _previous: unknown, form: FormData) =>
    answerForm(retentionForm, form, async ({ class: name, months }) => {
      const changed = await setRetention(await keeper(principal), name, months);
      return done(changed ? 'The period is changed.' : 'It was that already.');
    }),
);

export const setProviderHoldAction = guarded(
  { ...REALM, action: 'set', subject: 'AuditHold' },
  (principal, _previous: unknown, form: FormData) =>
    answerForm(holdForm, form, async (fields) => {
      await setHold(await keeper(principal), fields);
      return done('The hold is in force.');
    }),
);

/** Asks for the release of a hold, or agrees to it as the second person. */
export const releaseProviderHoldAction = guarded(
  { ...REALM, action: 'release', subject: 'AuditHold', asks: 'staff-audit.release' },
  (principal, _previous: unknown, form: FormData) =>
    answerForm(releaseForm, form, async ({ hold }) => {
      const what = await releaseHold(await keeper(principal), hold);
      return done(what === 'asked' ? 'Asked. Another person has to agree.' : 'The hold is released.');
    }),
);

export const proposeProviderPruningAction = guarded(
  { ...REALM, action: 'propose', subject: 'AuditPruning', asks: 'staff-audit.prune' },
  (principal, _previous: unknown, form: FormData) =>
    answerForm(pruneForm, form, async (fields) => {
      await proposePruning(await keeper(principal), fields);
      return done('Proposed. Another person has to approve it within seven days.');
    }),
);

/** As another person than who proposed it. */
export const approveProviderPruningAction = guarded(
  { ...REALM, action: 'approve', subject: 'AuditPruning', asks: 'staff-audit.approve' },
  (principal, _previous: unknown, form: FormData) =>
    answerForm(pruningForm, form, async ({ pruning }) => {
      await approvePruning(await keeper(principal), pruning);
      return done('Approved. It begins within seconds.');
    }),
);

export const withdrawProviderPruningAction = guarded(
  { ...REALM, action: 'withdraw', subject: 'AuditPruning' },
  (principal, _previous: unknown, form: FormData) =>
    answerForm(pruningForm, form, async ({ pruning }) => {
      await withdrawPruning(await keeper(principal), pruning);
      return done('Stopped.');
    }),
);

/** Erases a person's values in the provider's log, for good. */
export const eraseProviderPersonAction = guarded(
  { ...REALM, action: 'erase', subject: 'AuditErasure', asks: 'staff-audit.erase' },
  (principal, _previous: unknown, form: FormData) =>
    answerForm(eraseForm, form, async ({ person }) => {
      const events = await erasePerson(await keeper(principal), person);
      return done(`Erased from ${events} ${events === 1 ? 'record' : 'records'}.`);
    }),
);
