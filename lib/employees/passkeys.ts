import 'server-only';
import { asking, type Source, type StepUpAsk } from '@/lib/authz';
import { describedPasskey, forgetPasskeys } from '@/lib/identity';
import { type Input, KeyringError, keyring } from '@/lib/keyring';
import { errors } from './errors';
import type { WaitingPasskey } from './schemas';
import * as store from './store';

/**
 * The second person's word for a staff passkey. Until it is given the passkey opens nothing, so that whoever takes over one account, or comes
 * between a new colleague and their first sign-in, is seen by somebody else before they are in.
 */

/** Passkeys of active employees that wait to be endorsed, longest-waiting first. Any member of staff. */
export const listWaitingPasskeys = (secret: string): Promise<WaitingPasskey[]> => store.listWaitingPasskeys(secret);

/**
 * Endorses a colleague's passkey with one's own: asks for a step-up, whose terms are to be compared with what the colleague reads out. An
 * administrator or security officer, never for oneself. Throws `employee.endorser`, `employee.not_found`, `employee.confirm_again`.
 */
export async function endorsePasskey(secret: string, passkeyId: string, source?: Source): Promise<void> {
  const waiting = await find(secret, passkeyId);
  const ask: StepUpAsk = { action: 'passkey.endorse', object: passkeyId, terms: termsOf(waiting) };
  await asking(ask, (terms) =>
    store.endorsePasskey(secret, waiting, terms, source, (ticket, who) =>
      vouch({ passkeyId, ticket, purpose: { ...who, action: ask.action, object: passkeyId, terms } }),
    ),
  );
}

/** The keyring verified the endorser's passkey itself and now takes its own ticket back. A restart in between ends tickets. */
async function vouch(input: Input<'passkey.endorse'>) {
  try {
    return await keyring().call('passkey.endorse', input);
  } catch (error) {
    if (error instanceof KeyringError) throw errors('employee.confirm_again', { cause: error });
    throw error;
  }
}

/** Refuses a colleague's passkey: it is gone, and they may set up another. Throws `employee.endorser`, `employee.not_found`. */
export async function turnDownPasskey(secret: string, passkeyId: string, source?: Source): Promise<void> {
  await store.turnDownPasskey(secret, await find(secret, passkeyId), source, forgetPasskeys);
}

async function find(secret: string, passkeyId: string): Promise<WaitingPasskey> {
  const found = (await store.listWaitingPasskeys(secret)).find(({ id }) => id === passkeyId);
  if (!found) throw errors('employee.not_found');
  return found;
}

const termsOf = ({ name, email, role, passkeyName, deviceBound, fingerprint }: WaitingPasskey) =>
  [
    ['Employee', name],
    ['Address', email],
    ['Role', role],
    ['Passkey', describedPasskey(passkeyName, deviceBound)],
    ['Fingerprint', fingerprint],
  ] as const;
