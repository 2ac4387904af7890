import type { RefusalCode } from './refusal';

/** `keyring.unavailable`: no answer (not running, timed out, cut). `keyring.refused:<code>`: it answered no. */
export type KeyringErrorCode = 'keyring.unavailable' | `keyring.refused:${RefusalCode}`;

export class KeyringError extends Error {
  readonly code: KeyringErrorCode;
  /** The keyring's own code when it answered, null when it did not. */
  readonly refusal: RefusalCode | null;

  constructor(refusal: RefusalCode | null, options?: ErrorOptions) {
    const code: KeyringErrorCode = refusal === null ? 'keyring.unavailable' : `keyring.refused:${refusal}`;
    super(code, options);
    this.name = 'KeyringError';
    this.code = code;
    this.refusal = refusal;
  }
}
