import 'server-only';
import { z } from 'zod';
import { createKeyring, type Input, type Keyring, KeyringError, type Operation, type Output } from '@/lib/keyring';
import { defineConfig } from '@/lib/platform';
import { errors } from './errors';
import { actRefused } from './step-up/refused';

const config = defineConfig(z.object({ CORDON_KEYRING_SOCKET: z.string(), CORDON_KEYRING_TOKEN: z.string() }));
let client: Keyring | undefined;

/** Operations on what a browser's authenticator answered: when the keyring refuses, that is why. */
const FROM_BROWSERS: readonly Operation[] = ['act.verify', 'passkey.register'];

/** The keyring's own trouble, which says nothing about the answer. */
const OWN_FAULTS: readonly string[] = ['internal', 'request.busy'];

/**
 * One operation of the keyring. Without its answer nobody gets in: throws `identity.unavailable`. What a browser sent and the keyring
 * cannot take for an answer to its question is `identity.passkey`.
 */
export async function keyring<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
  client ??= createKeyring({ socketPath: config().CORDON_KEYRING_SOCKET, token: config().CORDON_KEYRING_TOKEN });
  try {
    return await client.call(operation, input);
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    const { refusal } = error;
    if (refusal === 'totp.throttled' || refusal === 'passkey.throttled')
      throw errors('identity.throttled', { retryAfterSeconds: 60, cause: error });
    if (refusal !== null && /^(?:grant|committee)\./.test(refusal)) throw actRefused(refusal, error);
    if (refusal === 'passkey.device_bound_required') throw errors('identity.passkey.device_bound', { cause: error });
    if (refusal !== null && !OWN_FAULTS.includes(refusal) && FROM_BROWSERS.includes(operation))
      throw errors('identity.passkey', { cause: error });
    throw errors('identity.unavailable', { internal: error.code, cause: error });
  }
}
