import 'server-only';
import { appendRefusal } from '@/lib/audit';
import { actName, inStaff, type Need, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { createLog } from '@/lib/platform';
import { errors } from './errors';

const log = createLog('console');

/**
 * A transaction as staff, in which a rule about access to production may refuse what the role includes: that somebody tried is recorded, in a
 * transaction of its own, because theirs is rolled back.
 */
export async function inAccess<R>(
  caller: StaffCaller,
  need: Need,
  /** A request; or what else it is about. */
  about: string | { readonly type: string; readonly id: string },
  work: (desk: StaffDesk) => Promise<R>,
): Promise<R> {
  const object = typeof about === 'string' ? { type: 'access-request', id: about } : about;
  let who = '';
  try {
    return await inStaff(caller, need, (desk) => {
      who = desk.userId;
      return work(desk);
    });
  } catch (error) {
    if (who !== '' && errors.is(error) && error.status === 403) await record(caller, who, need, object, error.code);
    throw error;
  }
}

async function record(
  { secret, source }: StaffCaller,
  id: string,
  [subject, action]: Need,
  { type, id: of }: { readonly type: string; readonly id: string },
  code: string,
) {
  try {
    await appendRefusal(
      {
        schema: 'access.refused@1',
        outcome: 'refused',
        actor: { kind: 'staff', id, ...source },
        object: { type, id: of.slice(0, 64) },
        organisationId: null,
        fields: { action: actName(subject, action as never), realm: 'staff', code },
      },
      { kind: 'staff', secret },
    );
  } catch (error) {
    // It is refused either way; that it could not be recorded must not be lost.
    log.error('refusal not recorded', { code, error });
  }
}
