import { createKeyring } from '@/lib/keyring';

/** As long as a set-up link is good. */
export const WELCOME_SECONDS = 86_400;

/**
 * Tells the keyring whose next staff passkey needs no endorsement by a second person; `null` is whoever comes first. Only the machine's
 * operator can: the console has no right to this. Throws `KeyringError`.
 */
export async function welcomeStaff(
  { socketPath, token }: { socketPath: string; token: string },
  userIds: readonly (string | null)[],
  ttlSeconds = WELCOME_SECONDS,
): Promise<void> {
  const keyring = createKeyring({ socketPath, token });
  try {
    for (const userId of userIds) await keyring.call('staff.welcome', { userId, ttlSeconds });
  } finally {
    keyring.close();
  }
}
