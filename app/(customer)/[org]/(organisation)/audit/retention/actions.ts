'use server';

import { revalidatePath } from 'next/cache';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
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
import { answerForm, guarded } from '@/lib/identity';

const REALM = { realm: 'customer', organisation: organisationOf } as const;
const done = (message: string) => {
  revalidatePath('/', 'layout');
  return { ok: true, message };
};

/** Keeps a class of records for another time. */
export const setRetentionAction = guarded(
  { ...REALM, action: 'change', subject: 'AuditRetention', asks: 'audit.retention' },
  (member, _previous: unknown, form: FormData) =>
    answerForm(retentionForm, form, async ({ class: name, months }) => {
      const changed = await setRetention(await callerOf(member), name, months);
      return done(changed ? 'The period is changed.' : 'It was that already.');
    }),
);

export const setHoldAction = guarded(
  { ...REALM, action: 'set', subject: 'AuditHold' },
  (member, _previous: unknown, form: FormData) =>
    answerForm(holdForm, form, async (fields) => {
      await setHold(await callerOf(member), fields);
      return done('The hold is in force.');
    }),
);

/** Asks for the release of a hold, or agrees to it as the second person. */
export const releaseHoldAction = guarded(
  { ...REALM, action: 'release', subject: 'AuditHold', asks: 'audit.release' },
  (member, _previous: unknown, form: FormData) =>
    answerForm(releaseForm, form, async ({ hold }) => {
      const what = await releaseHold(await callerOf(member), hold);
      return done(what === 'asked' ? 'Asked. Another person has to agree.' : 'The hold is released.');
    }),
);

export const proposePruningAction = guarded(
  { ...REALM, action: 'propose', subject: 'AuditPruning', asks: 'audit.prune' },
  (member, _previous: unknown, form: FormData) =>
    answerForm(pruneForm, form, async (fields) => {
      await proposePruning(await callerOf(member), fields);
      return done('Proposed. Another person has to approve it within seven days.');
    }),
);

/** As another person than who proposed it. */
export const approvePruningAction = guarded(
  { ...REALM, action: 'approve', subject: 'AuditPruning', asks: 'audit.approve' },
  (member, _previous: unknown, form: FormData) =>
    answerForm(pruningForm, form, async ({ pruning }) => {
      await approvePruning(await callerOf(member), pruning);
      return done('Approved. It begins within seconds.');
    }),
);

export const withdrawPruningAction = guarded(
  { ...REALM, action: 'withdraw', subject: 'AuditPruning' },
  (member, _previous: unknown, form: FormData) =>
    answerForm(pruningForm, form, async ({ pruning }) => {
      await withdrawPruning(await callerOf(member), pruning);
      return done('Stopped.');
    }),
);

/** Erases a person's values in the organisation's log, for good. */
export const erasePersonAction = guarded(
  { ...REALM, action: 'erase', subject: 'AuditErasure', asks: 'audit.erase' },
  (member, _previous: unknown, form: FormData) =>
    answerForm(eraseForm, form, async ({ person }) => {
      const events = await erasePerson(await callerOf(member), person);
      return done(`Erased from ${events} ${events === 1 ? 'record' : 'records'}.`);
    }),
);
