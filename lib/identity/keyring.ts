import 'server-only';
import { z } from 'zod';
import { createKeyring, type Input, type Keyring, KeyringError, type Operation, type Output } from '@/lib/keyring';
import { defineConfig } from '@/lib/platform';
import { errors } from './errors';

const config = defineConfig(z.object({ CORDON_KEYRING_SOCKET: z.string(), CORDON_KEYRING_TOKEN: z.string() }));
let client: Keyring | undefined;

/** One operation of the keyring. Without its answer nobody gets in: throws `identity.unavailable`. */
export async function keyring<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
  client ??= createKeyring({ socketPath: config().CORDON_KEYRING_SOCKET, token: config().CORDON_KEYRING_TOKEN });
  try {
    return await client.call(operation, input);
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    if (error.refusal === 'totp.throttled') throw errors('identity.throttled', { retryAfterSeconds: 60, cause: error });
    throw errors('identity.unavailable', { internal: error.code, cause: error });
  }
}
