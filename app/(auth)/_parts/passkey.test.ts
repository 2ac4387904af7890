import { WebAuthnError, type WebAuthnErrorCode } from '@simplewebauthn/browser';
import { expect, it } from 'vitest';
import { passkeyTrouble } from './passkey';

const named = (name: string) => Object.assign(new Error('from the browser'), { name });
const coded = (code: WebAuthnErrorCode, cause = named('SomeError')) =>
  new WebAuthnError({ message: 'explained', code, cause });

it.each([
  ['given up, or nothing to answer with', named('NotAllowedError'), 'passkey.not_given'],
  ['the same, explained', coded('ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY', named('NotAllowedError')), 'passkey.not_given'],
  ['taken back by the page', coded('ERROR_CEREMONY_ABORTED'), 'passkey.aborted'],
  ['an IP address in the URL', coded('ERROR_INVALID_DOMAIN'), 'passkey.address'],
  ['a page of another origin', coded('ERROR_INVALID_RP_ID'), 'passkey.elsewhere'],
  ['made on this device before', coded('ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'), 'passkey.known'],
  ['a key without a PIN', coded('ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT'), 'passkey.no_check'],
  ['a full key', coded('ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT'), 'passkey.no_room'],
  ['a broken one', coded('ERROR_AUTHENTICATOR_GENERAL_ERROR'), 'passkey.device'],
  ['anything else', 'a text', 'passkey.device'],
  ['nothing at all', undefined, 'passkey.device'],
])('%s', (_what, error, trouble) => {
  expect(passkeyTrouble(error, true)).toBe(trouble);
});

it('a browser without WebAuthn', () => {
  expect(passkeyTrouble(new Error('WebAuthn is not supported in this browser'), false)).toBe('passkey.unsupported');
});
