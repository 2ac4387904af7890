import { z } from 'zod';
import { defineConfig } from '@/lib/platform';
import { parseOrigins } from './request/origins';

const read = defineConfig(
  z.object({
    /** Encrypts the session cookie. At least 32 characters; changing it signs everybody out. */
    CORDON_CONSOLE_SECRET: z.string().min(32, 'at least 32 characters'),
    CORDON_CONSOLE_ORIGIN: z.string(),
    CORDON_STAFF_ORIGIN: z.string(),
    /** Header that the server in front overwrites with the client's address on every request. */
    CORDON_ADDRESS_HEADER: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/, 'a header name in lower case')
      .default('x-forwarded-for'),
  }),
);

/** What identity needs to know of its surroundings. Throws ConfigError with the variable's name. */
export function identityConfig() {
  const env = read();
  return { secret: env.CORDON_CONSOLE_SECRET, origins: parseOrigins(env), addressHeader: env.CORDON_ADDRESS_HEADER };
}
