import 'server-only';
import { append, type EventFields, type EventSchema } from '@/lib/audit';
import { asStaff, type Staff, type Tx } from '@/lib/db';
import { may } from './abilities';
import { authzErrors } from './errors';
import { type StepUpAsk, spendStepUp } from './spend-step-up';
import type { Need, Source } from './tenant';

/** Somebody of the staff, with where the act comes from for its event. */
export interface StaffCaller {
  readonly secret: string;
  readonly source?: Source;
}

/** A transaction of somebody of the staff, and what it needs to prove and record itself. */
export interface StaffDesk extends Omit<Staff, 'kind'> {
  readonly tx: Tx;
  /** Uses up the step-up for this act in exactly these terms. Throws `authz.step_up_required`. */
  stepUp(ask: StepUpAsk): Promise<string>;
  /** Writes an event of this act in its transaction: in the provider's log, or as `alias` in the log of an organisation it concerns. */
  record<S extends EventSchema>(schema: S, about: StaffAbout, fields: EventFields<S>): Promise<string>;
}

export interface StaffAbout {
  readonly object: { readonly type: string; readonly id: string };
  /** Shared by the projections of one act. */
  readonly actId?: string;
  /** Whose the personal fields are. */
  readonly subject?: string;
  /** In whose log, and the id that the employee has there. */
  readonly organisation?: { readonly id: string; readonly alias: string };
}

/** One transaction as staff, for whoever's role includes the need. Throws `authz.forbidden`. */
export const inStaff = <R>(
  { secret, source }: StaffCaller,
  [subject, action]: Need,
  work: (desk: StaffDesk) => Promise<R>,
): Promise<R> =>
  asStaff(secret, (tx, who) => {
    if (!may({ ...who, secret: '' }, action as never, subject)) throw authzErrors('authz.forbidden');
    return work({
      ...who,
      tx,
      stepUp: (ask) => spendStepUp(tx, secret, ask),
      record: (schema, { object, actId, subject: of, organisation }, fields) =>
        append(tx, {
          schema,
          outcome: 'success',
          // A customer's record names nobody, and does not say from where the employee works.
          actor: organisation
            ? { kind: 'staff', id: organisation.alias }
            : { kind: 'staff', id: who.userId, ...source },
          organisationId: organisation?.id ?? null,
          object,
          fields,
          ...(actId ? { actId } : {}),
          ...(of ? { subject: of } : {}),
        }),
    });
  });
