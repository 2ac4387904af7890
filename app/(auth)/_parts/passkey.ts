/**
 * The browser's half of a passkey ceremony. The package that speaks WebAuthn is loaded when it is first needed. What goes wrong is said
 * in one sentence; browsers keep some causes apart on purpose, so that a page cannot find out which passkeys a device holds.
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/browser';
import type { FormState } from '@/app/_ui/form-state';

/** What the server wants signed, and its own seal on it. */
export interface Challenge {
  readonly options: PublicKeyCredentialRequestOptionsJSON;
  readonly statement: string;
  readonly mac: string;
}

/** The same statement with the passkey's answer. */
export interface Signed {
  readonly statement: string;
  readonly mac: string;
  readonly response: AuthenticationResponseJSON;
}

const webauthn = () => import('@simplewebauthn/browser');

/** Whether the browser can offer passkeys in the list of a text field. */
export const offersInFields = async (): Promise<boolean> => (await webauthn()).browserSupportsWebAuthnAutofill();

/** Asks a passkey for its signature; `inField` only offers it in the list of a field and may wait for ever. Only one request is open at a time. */
export async function sign({ options, statement, mac }: Challenge, { inField = false } = {}): Promise<Signed> {
  const { startAuthentication } = await webauthn();
  return {
    statement,
    mac,
    response: await startAuthentication({ optionsJSON: options, useBrowserAutofill: inField }),
  };
}

/** Has the device make a passkey. */
export const create = async (options: PublicKeyCredentialCreationOptionsJSON): Promise<RegistrationResponseJSON> =>
  (await webauthn()).startRegistration({ optionsJSON: options });

/** Takes back the request that is open, if any. */
export const giveUp = async (): Promise<void> => (await webauthn()).WebAuthnAbortService.cancelCeremony();

const SAYS = {
  'passkey.not_given': 'Nothing was signed: it was cancelled, took too long, or this device has no passkey for it.',
  'passkey.not_made': 'No passkey was made: it was cancelled, or took too long.',
  'passkey.aborted': 'Nothing was signed: another request took its place.',
  'passkey.unsupported': 'This browser cannot use passkeys. Open the console in a current one.',
  'passkey.address': 'Open the console by its name: passkeys refuse IP addresses.',
  'passkey.elsewhere': 'The browser refuses passkeys on this page: they were made for another address.',
  'passkey.known': 'This device already holds a passkey of yours for this console.',
  'passkey.no_check': 'This key cannot check that it is you. Set a PIN or a fingerprint on it, then try again.',
  'passkey.no_room': 'This key cannot store a passkey. Use another one.',
  'passkey.device': 'The device could not do it. Try again, or use another one.',
} as const;
export type PasskeyTrouble = keyof typeof SAYS;

/** Codes of @simplewebauthn/browser, where they say more than the browser's own error. */
const BY_CODE: Readonly<Record<string, PasskeyTrouble>> = {
  ERROR_CEREMONY_ABORTED: 'passkey.aborted',
  ERROR_INVALID_DOMAIN: 'passkey.address',
  ERROR_INVALID_RP_ID: 'passkey.elsewhere',
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: 'passkey.known',
  ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT: 'passkey.no_check',
  ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT: 'passkey.no_room',
};

/** What to say about a ceremony that came to nothing. */
export function passkeyTrouble(error: unknown, supported = 'PublicKeyCredential' in globalThis): PasskeyTrouble {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  if (code !== undefined && BY_CODE[code]) return BY_CODE[code];
  if (!supported) return 'passkey.unsupported';
  return name === 'NotAllowedError' ? 'passkey.not_given' : 'passkey.device';
}

export const sayTrouble = (error: unknown, making = false): FormState => {
  const trouble = passkeyTrouble(error);
  const code = making && trouble === 'passkey.not_given' ? 'passkey.not_made' : trouble;
  return { code, message: SAYS[code] };
};
