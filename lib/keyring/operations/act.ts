import { termsDigest } from '@/lib/kernel/act';
import { isGrantAct } from '@/lib/kernel/grant';
import { primitives } from '@/lib/primitives';
import { verifyAssertion } from '../assertion';
import type { Context } from '../context';
import type { Credential } from '../credentials';
import { proof } from '../proof';
import type { Input, Output, Purpose } from '../protocol';
import { Refusal } from '../refusal';
import { context as fields } from '../seal';

const SIGN_IN = 'sign-in';

/** Acts on the production fleet: confirmed only by a passkey that cannot be copied to another device. */
export const DEVICE_BOUND_ACTS: ReadonlySet<string> = new Set(['edge.enrol', 'edge.ban']);

/**
 * Makes a statement. Only signing in may be said by nobody in particular or outside a session: everything else names both, so that a
 * signature given in one session confirms nothing in another. Throws `request.invalid`.
 */
export function challengeAct({ acts, now }: Context, input: Input<'act.challenge'>): Output<'act.challenge'> {
  const { userId, sessionId, action, object, version, ...rest } = input;
  // They will stand in a proof: refused before somebody signs.
  fields(userId, sessionId, action, object);
  if (action === SIGN_IN ? object !== '' : userId === '' || sessionId === '') throw new Refusal('request.invalid');
  return acts.make({ ...rest, user: userId, session: sessionId, action, object, version }, now());
}

/**
 * Verifies an assertion over a statement this keyring made. Whatever is wrong with it is `valid: false`; a statement is used up by the first
 * good signature, so one assertion is good once, however often it is submitted at the same moment. Throws `passkey.throttled` after
 * repeated failures of one passkey, `passkey.device_bound_required`, and for what does not count about production the code of its rule: then
 * the statement is not used up.
 */
export async function verifyAct(context: Context, input: Input<'act.verify'>): Promise<Output<'act.verify'>> {
  const { acts, credentials, grants, origins, passkeyFailures } = context;
  const { assertion } = input;
  const act = acts.read(input, context.now());
  const known = credentials.find(assertion.id);
  if (!act || !known || !mayAnswer(known, act, input)) return { valid: false };
  const { passkeyId, userId, credentialId, publicKey } = known;
  if (passkeyFailures.refused(passkeyId, context.now())) throw new Refusal('passkey.throttled');
  const verdict = await verifyAssertion({
    ...assertion.response,
    statement: input.statement,
    credentialId,
    publicKey,
    origin: origins[known.realm],
    counter: Math.max(input.counter, credentials.counterOf(passkeyId)),
  });
  const now = context.now();
  if (!verdict.good) {
    passkeyFailures.fail(passkeyId, now);
    return { valid: false };
  }
  if (DEVICE_BOUND_ACTS.has(act.action) && !known.deviceBound) throw new Refusal('passkey.device_bound_required');
  // Others may have come to this point while the signature was checked: from here on nothing waits.
  const { counter } = verdict;
  const overtaken = counter > 0 && counter <= credentials.counterOf(passkeyId);
  if (overtaken || credentials.get(passkeyId) !== known || !acts.read(input, now)) return { valid: false };
  const { realm, deviceBound } = known;
  const at = Math.floor(now / 1000);
  const ledger = isGrantAct(act.action)
    ? grants.judge({ signed: { act, user: userId, realm, deviceBound, at } })
    : grants.ledger;
  acts.spend(act, now);
  const kept = grants.take(ledger);
  passkeyFailures.clear(passkeyId);
  credentials.counted(passkeyId, counter);
  const purpose: Purpose = {
    sessionId: input.sessionId,
    userId,
    action: act.action,
    object: act.object,
    terms: act.action === SIGN_IN ? '' : termsDigest(act.version, act.terms, primitives),
  };
  const common = [input.sessionId, userId, passkeyId, String(counter), String(at)];
  const text =
    act.action !== SIGN_IN
      ? fields('passkey-stepup', ...common, act.action, act.object, purpose.terms, act.nonce)
      : fields(act.session === '' ? 'passkey-begin' : 'passkey-raise', ...common);
  // Whoever is told that it counts finds it after a kill.
  await kept;
  return {
    valid: true,
    passkeyId,
    userId,
    counter,
    issuedAt: at,
    proof: proof(context, text),
    ticket: context.tickets.issue(purpose, passkeyId, now),
    nonce: act.nonce,
    publicKey,
  };
}

/** Whether this passkey is one the statement can be signed with, in the session it was made for. */
const mayAnswer = (
  known: Credential,
  act: { realm: string; user: string; session: string },
  { assertion, sessionId }: Input<'act.verify'>,
): boolean =>
  known.state === 'active' &&
  known.realm === act.realm &&
  (act.user === '' || act.user === known.userId) &&
  (act.session === '' || act.session === sessionId) &&
  (assertion.response.userHandle == null ||
    Buffer.from(assertion.response.userHandle, 'base64url').toString() === known.userId);
