import 'server-only';
import { newId } from '@/lib/platform';
import { fullSession } from '../sessions/sessions';
import * as store from '../store';
import { prove } from './totp';

/** What an act is confirmed for: the guarded action and the id of what it acts upon. */
export interface StepUpPurpose {
  readonly action: string;
  readonly object: string;
}

/** The factor this person will be asked for. Throws `identity.session.*`. */
export async function startStepUp(secret: string): Promise<{ factor: 'totp' }> {
  await fullSession(secret);
  return { factor: 'totp' };
}

/**
 * Verifies a code for exactly this act on this object and remembers it for five minutes, single use, this session only.
 * Throws `identity.code`.
 */
export async function confirmStepUp(
  secret: string,
  purpose: StepUpPurpose,
  code: string,
  address: string,
): Promise<void> {
  const session = await fullSession(secret);
  const proof = await prove(secret, session, code, address, purpose);
  await store.recordStepUp(secret, { ...session, address }, { id: newId('stp'), ...proof, ...purpose });
}

/** Uses up the step-up for this act; gives the ticket the keyring accepts. Throws `step_up.required`. */
export const requireStepUp = (secret: string, action: string, object: string): Promise<string> =>
  store.spendStepUp(secret, action, object);
