import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { challengeText } from '../acts';
import type { Context } from '../context';
import { CREDENTIALS_PER_USER } from '../credentials';
import { rpIdOf } from '../origins';
import { proof } from '../proof';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { context as fields } from '../seal';

/** ES256, EdDSA, RS256 (IANA COSE algorithms). */
const ALGORITHMS = [-7, -8, -257];
/** Stands in tickets, between dots. */
const PASSKEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Verifies a registration over a statement for `passkey.register` and keeps the credential, on disk before the answer. Throws
 * `passkey.refused` when it does not verify, `passkey.registered` when the credential or its id is known already.
 */
export async function registerPasskey(
  context: Context,
  input: Input<'passkey.register'>,
): Promise<Output<'passkey.register'>> {
  const { acts, credentials } = context;
  const { passkeyId, userId, sessionId, realm } = input;
  fields(userId, sessionId);
  if (!PASSKEY_ID.test(passkeyId)) throw new Refusal('request.invalid');
  const act = acts.read(input, context.now());
  const meant =
    act?.action === 'passkey.register' &&
    act.object === passkeyId &&
    act.user === userId &&
    act.session === sessionId &&
    act.realm === realm;
  const made = meant ? await verifyRegistration(context, input) : null;
  if (!made || credentials.countOf(userId) >= CREDENTIALS_PER_USER) throw new Refusal('passkey.refused');
  // Others may have come to this point while the registration was checked: from here to `put` nothing waits.
  if (credentials.get(passkeyId) || credentials.find(made.credentialId)) throw new Refusal('passkey.registered');
  const now = context.now();
  if (!act || !acts.spend(act, now)) throw new Refusal('passkey.refused');
  const welcome = realm === 'staff' ? credentials.welcomeOf(userId, now) : null;
  const state = realm === 'customer' || welcome ? 'active' : 'pending';
  const { credentialId, publicKey, deviceBound } = made;
  await credentials.put({ passkeyId, userId, realm, credentialId, publicKey, deviceBound, state }, welcome);
  const issuedAt = Math.floor(now / 1000);
  const text = fields(
    'passkey-add',
    ...[sessionId, userId, passkeyId, credentialId, publicKey, deviceBound ? '1' : '0', state, String(issuedAt)],
  );
  return { ...made, state, issuedAt, proof: proof(context, text) };
}

/** W3C Web Authentication level 3, section 7.1. Null when it does not hold. */
async function verifyRegistration({ origins }: Context, { attestation, statement, realm }: Input<'passkey.register'>) {
  const { id, response } = attestation;
  const { clientDataJSON, attestationObject, transports } = response;
  try {
    if (!saysNothingOfItsMaker(attestationObject)) return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, attestationObject },
      },
      expectedChallenge: challengeText(statement),
      expectedOrigin: origins[realm],
      expectedRPID: rpIdOf(origins[realm]),
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    const client = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as { crossOrigin?: unknown };
    if (!verified || registrationInfo.credential.id !== id || client.crossOrigin === true) return null;
    return {
      credentialId: id,
      publicKey: Buffer.from(registrationInfo.credential.publicKey).toString('base64url'),
      deviceBound: registrationInfo.credentialDeviceType === 'singleDevice',
      transports: transports ?? [],
      aaguid: registrationInfo.aaguid,
    };
  } catch {
    // Malformed CBOR or JSON, another challenge, origin, relying party or algorithm, no user verification.
    return null;
  }
}

/**
 * Pages ask for no attestation, and then browsers give none or the key's own signature. Anything else would have certificates of strangers
 * read here, and their revocation looked up on the network, which this process does not have.
 */
function saysNothingOfItsMaker(attestationObject: string): boolean {
  const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
  const format = decoded.get('fmt');
  return format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined);
}

/**
 * A second person's word for a staff passkey. The ticket must come from an active staff passkey of somebody else; which roles may
 * endorse, the database decides. May be said again, for the database that did not hear the first time. Throws `ticket.refused`.
 */
export async function endorsePasskey(
  { credentials, keys, tickets, now }: Context,
  { passkeyId, ticket, purpose }: Input<'passkey.endorse'>,
): Promise<Output<'passkey.endorse'>> {
  const meant = purpose.action === 'passkey.endorse' && purpose.object === passkeyId;
  const signer = meant ? credentials.get(tickets.use(ticket, purpose, now())?.passkeyId ?? '') : undefined;
  const waiting = credentials.get(passkeyId);
  const accepted =
    signer?.realm === 'staff' &&
    signer.state === 'active' &&
    signer.userId === purpose.userId &&
    waiting?.realm === 'staff' &&
    waiting.userId !== signer.userId;
  if (!accepted) throw new Refusal('ticket.refused');
  if (waiting.state === 'pending') await credentials.put({ ...waiting, state: 'active', endorsedAt: now() });
  const issuedAt = Math.floor(now() / 1000);
  return { issuedAt, proof: proof({ keys }, fields('passkey-endorse', passkeyId, signer.userId, String(issuedAt))) };
}

export async function removePasskeys(
  { credentials }: Context,
  { passkeyIds }: Input<'passkey.remove'>,
): Promise<Output<'passkey.remove'>> {
  await credentials.remove(passkeyIds);
  return {};
}

export async function welcomeStaff(
  { credentials, now }: Context,
  { userId, ttlSeconds }: Input<'staff.welcome'>,
): Promise<Output<'staff.welcome'>> {
  await credentials.welcome(userId, now() + ttlSeconds * 1000);
  return {};
}
