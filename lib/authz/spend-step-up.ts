import { door, type Tx } from '@/lib/db';
import { areTerms, type Terms, termsDigest } from '@/lib/kernel/act';
import { isCordonError } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { authzErrors } from './errors';
import type { StepUpAction } from './step-ups';

/** What a dangerous act is confirmed for. The person sees the terms, and a passkey signs them. */
export interface StepUpAsk {
  readonly action: StepUpAction;
  /** Id of what is acted upon. */
  readonly object: string;
  /** Version of the object the terms were read at, where it has one. */
  readonly version?: string;
  /** What is about to be done, in words and in this order; made by the server from what it is about to do. */
  readonly terms: Terms;
  /** Of acts of agreement (lib/kernel/grant). */
  readonly verdict?: 'confirm' | 'approve' | 'deny';
  readonly role?: string;
}

/** What a confirmation of this is bound to: in the database, in the keyring's ticket and in the audit event. */
export const askDigest = ({ version = '', terms }: Pick<StepUpAsk, 'version' | 'terms'>): string =>
  termsDigest(version, terms, primitives);

/**
 * Uses up a step-up given for exactly this, in the transaction of the act. Throws `authz.step_up_required` carrying the ask, so that the
 * page can show what is to be confirmed; gives the keyring's ticket.
 */
export const spendStepUp = (tx: Tx, secret: string, ask: StepUpAsk): Promise<string> =>
  asking(ask, (terms) => door.useStepUp(tx, secret, ask.action, ask.object, terms));

/**
 * Runs `work`, in which the database uses up a step-up itself; `terms` is the digest it is to be bound to. Where there is none it throws
 * `authz.step_up_required` carrying the ask. Throws `authz.terms`.
 */
export async function asking<R>(ask: StepUpAsk, work: (terms: string) => Promise<R>): Promise<R> {
  if (!areTerms(ask.terms)) throw authzErrors('authz.terms');
  try {
    return await work(askDigest(ask));
  } catch (error) {
    if (!isCordonError(error) || error.code !== 'step_up.required') throw error;
    throw stepUpRequired(ask);
  }
}

/** The refusal that tells the page what to have confirmed. */
export const stepUpRequired = ({ action, object, version = '', terms, verdict, role }: StepUpAsk) =>
  authzErrors('authz.step_up_required', {
    ask: { action, object, version, terms, ...(verdict ? { verdict } : {}), ...(role ? { role } : {}) },
  });
