import 'server-only';
import { checkNewPassword, hashPassword } from './passwords/passwords';
import { fullSession } from './sessions/sessions';
import * as store from './store';

/**
 * A new password for the signed-in person; all their other sessions end. Needs a step-up for `password.change` on the own
 * user id. Throws `identity.password.*`, `step_up.required`.
 */
export async function changePassword(secret: string, password: string, address?: string): Promise<void> {
  const session = await fullSession(secret);
  checkNewPassword(password, session.email);
  await store.changePassword(secret, { ...session, address }, await hashPassword(password));
}

/** A new name for the signed-in person, as `schemas.personName` gives it. */
export async function renameSelf(secret: string, name: string, address?: string): Promise<void> {
  const session = await fullSession(secret);
  if (name !== session.name) await store.renameSelf(secret, { ...session, address }, session.name, name);
}

/** Since when the signed-in person's authenticator is in use, and how many of its recovery codes are unused. */
export const readFactors = (secret: string) => store.readFactors(secret);
