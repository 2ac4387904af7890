import 'server-only';
import { asking } from '@/lib/authz';
import { throttled } from './abuse/throttle';
import { errors } from './errors';
import { checkNewPassword, hashPassword, verifyPassword } from './passwords/passwords';
import { passwordMinimum } from './passwords/store';
import { fullSession, type LiveSession } from './sessions/sessions';
import { findSignIn } from './sign-in/store';
import * as store from './store';

/**
 * A new password for the signed-in person, who gives the present one too; all their other sessions end. Asks for a step-up. Throws
 * `identity.password.*`. A forgotten one is replaced with a reset link instead.
 */
export async function changePassword(
  secret: string,
  { current, password }: { current: string; password: string },
  address = 'unknown',
): Promise<void> {
  const session = await fullSession(secret);
  await confirmPassword(session, current, address);
  checkNewPassword(password, [session.email, session.name], await passwordMinimum(secret));
  const hash = await hashPassword(password);
  await asking(
    {
      action: 'password.change',
      object: session.userId,
      terms: [
        ['Password', 'a new one replaces the present one'],
        ['Other sessions', 'end'],
      ],
    },
    (terms) => store.changePassword(secret, { ...session, address }, hash, terms),
  );
}

/** Counted, so that whoever found an open session cannot try passwords at will; on its own, so that strangers' guesses do not count here. */
async function confirmPassword({ userId, realm, email }: LiveSession, current: string, address: string): Promise<void> {
  const fits = await throttled({ subject: `present|${userId}`, address }, async () => {
    const account = await findSignIn(realm, email);
    return (await verifyPassword(account?.passwordHash ?? null, current)) || null;
  });
  if (!fits) throw errors('identity.password.current', { field: 'current' });
}

/** A new name for the signed-in person, as `schemas.personName` gives it. */
export async function renameSelf(secret: string, name: string, address?: string): Promise<void> {
  const session = await fullSession(secret);
  if (name !== session.name) await store.renameSelf(secret, { ...session, address }, session.name, name);
}
