import 'server-only';
import { askDigest, STEP_UPS, type StepUpAction } from '@/lib/authz';
import { areTerms, type Verdict } from '@/lib/kernel/act';
import { GRANT_ACTS, isGrantAct } from '@/lib/kernel/grant';
import { type Ask, newId } from '@/lib/platform';
import { throttled } from '../abuse/throttle';
import { identityConfig } from '../config';
import { errors } from '../errors';
import { passkeysOf } from '../factors/store';
import { prove } from '../factors/totp';
import { type Assertion, askForPasskey, type PasskeyRequest, verifyPasskey } from '../factors/webauthn';
import type { Signed } from '../schemas';
import { fullSession, type LiveSession } from '../sessions/sessions';
import { refuseStepUp } from '../store';
import * as store from './store';

/**
 * Confirming one act, on one object, in its exact terms. The act says what it asks for (`authz.step_up_required` with `ask`), the page shows
 * it, a factor confirms it, and the act sent again uses the confirmation up. Five minutes, once, in the same session.
 */
export interface StepUpOffer {
  /** For the browser's authenticator; null without a passkey. */
  readonly passkey: PasskeyRequest | null;
  /** Whether an authenticator's code will do. */
  readonly code: boolean;
}

/** How this act can be confirmed. Throws `identity.input` for what no act asks, `identity.factor.none` when nothing this person has will do. */
export async function beginStepUp(secret: string, ask: Ask): Promise<StepUpOffer> {
  const session = await fullSession(secret);
  const action = known(ask);
  const code = await store.takesCodeFor(secret, action);
  const concerned = await concernedBy(secret, action, ask);
  const active = (await passkeysOf(secret)).filter(({ state }) => state === 'active');
  if (active.length === 0) {
    if (!code) throw errors('identity.factor.none');
    return { passkey: null, code };
  }
  const { realm, userId, sessionId } = session;
  const terms = ask.terms.map(([name, value]): [string, string] => [name, value]);
  const about = { userId, sessionId, action, object: ask.object, version: ask.version, terms };
  const role = roleIn(ask, session.staffRole ?? concerned?.role ?? '');
  return { passkey: await askForPasskey(realm, { ...about, verdict: verdictOf(ask), role }, active), code };
}

/** Confirms with a passkey's signature over the terms, which is kept as evidence. Throws `identity.passkey`. */
export async function confirmStepUpWithPasskey(
  secret: string,
  ask: Ask,
  signed: Signed,
  address: string,
): Promise<void> {
  const session = await fullSession(secret);
  const action = known(ask);
  const { object, version, terms } = ask;
  const { realm, userId, sessionId } = session;
  const who = { ...session, address };
  const verdict = verdictOf(ask);
  const concerned = await concernedBy(secret, action, ask);
  const verified = await throttled({ subject: `passkey|${userId}`, address }, async () => {
    const found = (await passkeysOf(secret)).find(({ credentialId }) => credentialId === signed.response.id);
    const expected = { realm, user: userId, session: sessionId, action, object, version, terms, verdict };
    const assertion = await verifyPasskey(signed, expected, sessionId, found?.counter ?? 0).catch(async (error) => {
      // A good signature that the ledger does not count: an attempt to agree to what is not theirs to agree to.
      if (errors.is(error) && error.code === 'identity.act_refused')
        await refuseStepUp(secret, who, { action, object }, error.code);
      throw error;
    });
    if (assertion && found?.passkeyId === assertion.passkeyId) return assertion;
    await refuseStepUp(secret, who, { action, object }, 'identity.passkey');
    return null;
  });
  if (!verified) throw errors('identity.passkey');
  const stepUp = {
    ...verified,
    ...{ id: newId('stp'), action, object, verdict },
    terms: askDigest(ask),
    statement: signed.statement,
    evidence: evidenceOf(session, verified, signed),
  };
  await store.recordPasskeyStepUp(secret, who, stepUp, concerned);
}

/** Confirms with an authenticator's code, where one will do. Throws `identity.code`, `identity.code.not_enough`. */
export async function confirmStepUpWithCode(secret: string, ask: Ask, code: string, address: string): Promise<void> {
  const session = await fullSession(secret);
  const action = known(ask);
  // Asked first, so that no code is used up for nothing.
  if (!(await store.takesCodeFor(secret, action))) throw errors('identity.code.not_enough');
  const concerned = await concernedBy(secret, action, ask);
  const purpose = { action, object: ask.object, terms: askDigest(ask) };
  const proof = await prove(secret, session, code, address, purpose);
  const stepUp = { id: newId('stp'), ...proof, ...purpose, verdict: verdictOf(ask) };
  await store.recordStepUp(secret, { ...session, address }, stepUp, concerned);
}

/** Only what some act asks for may be put to a factor: a statement for `sign-in` would raise a session. */
function known({ action, terms, verdict, role = '', version }: Ask): StepUpAction {
  if (!Object.hasOwn(STEP_UPS, action) || !areTerms(terms)) throw errors('identity.input');
  // The database binds a confirmation to version and terms: what is said, and as what, has to stand in the version.
  if (verdict && verdict !== 'confirm' && !(isGrantAct(action) && version === `${verdict} ${role}`.trim()))
    throw errors('identity.input');
  return action as StepUpAction;
}

const verdictOf = ({ action, verdict }: Ask): Verdict =>
  action === 'passkey.endorse' ? 'endorse' : (verdict ?? 'confirm');

/** In acts of agreement what the person agrees as: the keyring's ledger decides whether they may. Otherwise their role. */
const roleIn = ({ action, role = '' }: Ask, own: string): string => (isGrantAct(action) ? role : own);

/**
 * The organisation an act is about: what is acted upon is the organisation, a project of it or a certificate, or the one that a vote is given for.
 * Null for acts of staff and on one's own account. Throws `identity.input` for what belongs to none of the person's.
 */
async function concernedBy(secret: string, action: StepUpAction, ask: Ask): Promise<store.Concerned | null> {
  const votesFor = action === GRANT_ACTS.vote ? /^customer (org_[0-9a-f]{32})$/.exec(ask.role ?? '')?.[1] : undefined;
  if (STEP_UPS[action][2] !== 'customer' && !votesFor) return null;
  const found = await store.organisationOf(secret, votesFor ?? ask.object);
  if (!found) throw errors('identity.input');
  return found;
}

/** All that checks the signature offline, beside the statement (`npx cordon act verify`). */
const evidenceOf = ({ realm }: LiveSession, { passkeyId, publicKey }: Assertion, { response }: Signed): string => {
  const { authenticatorData, clientDataJSON, signature } = response.response;
  const origin = identityConfig().origins[realm];
  return JSON.stringify({
    ...{ passkeyId, credentialId: response.id, publicKey },
    ...{ authenticatorData, clientDataJSON, signature, origin },
  });
};
