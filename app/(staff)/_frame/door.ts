import { cache } from 'react';
import { type ActionOn, may, type Subject } from '@/lib/authz';
import { requireStaff } from '@/lib/identity';

export interface StaffPage extends Awaited<ReturnType<typeof requireStaff>> {
  /** Why the role does not include an act, for the disabled button; undefined when it does. */
  reason<S extends Subject>(action: ActionOn<S>, subject: S): string | undefined;
}

/** Signs in first if needed; anybody but staff finds nothing here. Once per request. */
export const staff = cache(async (): Promise<StaffPage> => {
  const principal = await requireStaff();
  const { userId, sessionId, staffRole: role, secret } = principal;
  return {
    ...principal,
    reason: (action, subject) =>
      may({ kind: 'staff', userId, sessionId, role, secret }, action, subject)
        ? undefined
        : `Not part of the role ${role}.`,
  };
});
