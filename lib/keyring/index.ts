/**
 * The door to the keyring for console, control, gateway and installer: a typed client of its socket. The keyring itself is another
 * process (main.ts) and is never imported.
 */
export { createKeyring, type Keyring } from './client';
export { KeyringError, type KeyringErrorCode } from './errors';
export type { Client, Input, Operation, Output, Purpose } from './protocol';
export { keyring } from './shared';
