import 'server-only';
import { asking } from '@/lib/authz';
import { tellHalfSignIn } from '@/lib/notices';
import { throttled } from '../abuse/throttle';
import { errors } from '../errors';
import { firstFactorSession, fullSession, type LiveSession, newSession } from '../sessions/sessions';
import { refuseSignIn } from '../store';
import { canonicalRecoveryCode, hashesOf, newRecoveryCodes } from './recovery-codes';
import * as store from './store';

/** How many codes stand in for a lost factor: two for staff and where there is a passkey to stand in for. For the form; the database decides. */
export const recoveryCodesNeeded = ({ realm, passkeys }: Pick<LiveSession, 'realm' | 'passkeys'>): 1 | 2 =>
  realm === 'staff' || passkeys > 0 ? 2 : 1;

/**
 * Recovery codes in place of a lost factor. Each works once, and all of them or none are used. The session they open is good for setting up
 * a new factor and nothing else; every old one goes with that. Throws `identity.recovery_code`.
 */
export async function giveRecoveryCodes(
  secret: string,
  texts: readonly string[],
  address: string,
): Promise<{ secret: string }> {
  const session = await firstFactorSession(secret);
  const who = { ...session, address };
  const next = newSession();
  const raised = await throttled({ subject: `recovery|${session.userId}`, address }, async () => {
    const codes = texts.map(canonicalRecoveryCode).filter((code) => code !== null);
    const used = codes.length === texts.length && (await store.raiseWithRecovery(secret, who, codes, next.row));
    if (used) return true;
    await refuseSignIn({ ...who, code: 'identity.recovery_code' });
    await tellHalfSignIn(secret);
    return null;
  });
  if (!raised) throw errors('identity.recovery_code');
  return { secret: next.secret };
}

/** New recovery codes in place of the old ones, shown this once. Asks for a step-up. */
export async function renewRecoveryCodes(secret: string, address: string): Promise<string[]> {
  const session = await fullSession(secret);
  const codes = newRecoveryCodes();
  await asking(
    {
      action: 'recovery.renew',
      object: session.userId,
      terms: [['Recovery codes', 'new ones replace all present ones']],
    },
    (terms) => store.renewRecoveryCodes(secret, { ...session, address }, hashesOf(codes), terms),
  );
  return codes;
}
