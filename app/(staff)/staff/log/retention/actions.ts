'use server';

import { keepingAnswers } from '@/app/_parts/audit/keeping/keeping-answers';
import { staffOf } from '@/app/(staff)/_parts/staff-of';
import { guarded } from '@/lib/identity';

const REALM = { realm: 'staff' } as const;

export const setProviderRetentionAction = guarded(
  { ...REALM, action: 'change', subject: 'AuditRetention', asks: 'staff-audit.retention' },
  async (staff, _previous: unknown, form: FormData) => keepingAnswers.setRetention(await staffOf(staff), form),
);

export const setProviderHoldAction = guarded(
  { ...REALM, action: 'set', subject: 'AuditHold' },
  async (staff, _previous: unknown, form: FormData) => keepingAnswers.setHold(await staffOf(staff), form),
);

/** Asks for the release of a hold, or agrees to it as the second person. */
export const releaseProviderHoldAction = guarded(
  { ...REALM, action: 'release', subject: 'AuditHold', asks: 'staff-audit.release' },
  async (staff, _previous: unknown, form: FormData) => keepingAnswers.release(await staffOf(staff), form),
);

export const proposeProviderPruningAction = guarded(
  { ...REALM, action: 'propose', subject: 'AuditPruning', asks: 'staff-audit.prune' },
  async (staff, _previous: unknown, form: FormData) => keepingAnswers.propose(await staffOf(staff), form),
);

/** As another person than who proposed it. */
export const approveProviderPruningAction = guarded(
  { ...REALM, action: 'approve', subject: 'AuditPruning', asks: 'staff-audit.approve' },
  async (staff, _previous: unknown, form: FormData) => keepingAnswers.approve(await staffOf(staff), form),
);

export const withdrawProviderPruningAction = guarded(
  { ...REALM, action: 'withdraw', subject: 'AuditPruning' },
  async (staff, _previous: unknown, form: FormData) => keepingAnswers.withdraw(await staffOf(staff), form),
);

/** Erases a person’s values in the log, for good. */
export const eraseProviderPersonAction = guarded(
  { ...REALM, action: 'erase', subject: 'AuditErasure', asks: 'staff-audit.erase' },
  async (staff, _previous: unknown, form: FormData) => keepingAnswers.erase(await staffOf(staff), form),
);
