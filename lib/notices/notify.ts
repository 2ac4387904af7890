import 'server-only';
import type { EventFields, EventSchema } from '@/lib/audit';
import type { Tx } from '@/lib/db';
import { newId, systemClock } from '@/lib/platform';
import { deviceOf } from './device';
import { noticeOf, type Told } from './kinds';
import * as store from './store';

/** An act about a person, as its audit event describes it. */
export interface ActAbout<S extends EventSchema> {
  readonly schema: S;
  readonly object: { readonly id: string };
  readonly fields: EventFields<S>;
}

/**
 * Tells a person what was done to their account, in the transaction of the act: no act without its notice. Acts that are nothing to tell,
 * the first factor of a new account, and sign-ins from where they always come from, are passed over. Call it while the transaction acts as that person, or as an
 * administrator whose reach the person is in; the database refuses anybody else (`context.required`).
 */
export async function notify<S extends EventSchema>(tx: Tx, userId: string, act: ActAbout<S>): Promise<void> {
  const told = noticeOf(act.schema, act.fields as Record<string, unknown>);
  if (!told) return;
  if (told.kind === 'sign-in.new' && !(await isNews(tx, userId, act.object.id))) return;
  if (await isFirstFactor(tx, userId, told)) return;
  await tell(tx, userId, told);
}

/** The same for what no event of the person's own says: the caller names kind and fields. */
export const tell = (tx: Tx, userId: string, told: Told): Promise<void> =>
  store.insertNotice(tx, newId('ntc'), userId, told);

/**
 * After a right password and a second factor that did not fit, with the secret of the session that holds the password. At most one
 * notice an hour; a secret that is none says nothing.
 */
export const tellHalfSignIn = (secret: string): Promise<void> => store.insertHalf(secret, newId('ntc'));

/** A device or a network the account had not used lately, or the password guessed right a short while ago. Never the first session of all. */
async function isNews(tx: Tx, userId: string, sessionId: string): Promise<boolean> {
  const { here, lately, first, halfLately } = await store.placesOf(tx, userId, sessionId, new Date(systemClock.now()));
  if (!here || first) return false;
  const device = deviceOf(here.userAgent);
  return (
    halfLately ||
    !lately.some(({ addressPrefix }) => addressPrefix === here.addressPrefix) ||
    !lately.some(({ userAgent }) => deviceOf(userAgent) === device)
  );
}

/** A new account is not told that it was just set up. The factor has raised its first session by then, unless it waits to be endorsed. */
async function isFirstFactor(tx: Tx, userId: string, { kind, fields }: Told): Promise<boolean> {
  if (kind !== 'passkey.added' && kind !== 'authenticator.added') return false;
  return (await store.countSessions(tx, userId)) <= (fields.state === 'pending' ? 0 : 1);
}
