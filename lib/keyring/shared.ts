import { z } from 'zod';
import { CordonError, defineConfig } from '@/lib/platform';
import { createKeyring, type Keyring } from './client';
import { KeyringError } from './errors';
import type { Input, Operation, Output } from './protocol';

const config = defineConfig(
  z.object({ CORDON_KEYRING_SOCKET: z.string().min(1), CORDON_KEYRING_TOKEN: z.string().min(1) }),
);
let client: Keyring | undefined;

/**
 * This process's client of the keyring, made at first use. `call` throws `keyring.unavailable` (503) when there is no
 * answer or one that only a fault explains; a refusal that says something about the request comes out as `KeyringError`.
 */
export function keyring(): Pick<Keyring, 'call'> {
  client ??= createKeyring({ socketPath: config().CORDON_KEYRING_SOCKET, token: config().CORDON_KEYRING_TOKEN });
  return { call: (operation, input) => answer(client!, operation, input) };
}

async function answer<O extends Operation>(to: Keyring, operation: O, input: Input<O>): Promise<Output<O>> {
  try {
    return await to.call(operation, input);
  } catch (error) {
    if (
      error instanceof KeyringError &&
      (error.refusal === null || error.refusal === 'request.busy' || error.refusal === 'internal')
    ) {
      throw new CordonError('keyring.unavailable', 503, 'Keys cannot be used right now. Try again in a moment.', {
        internal: `${operation}: ${error.code}`,
        retryAfterSeconds: 2,
        cause: error,
      });
    }
    throw error;
  }
}
