import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '@/lib/platform';

const path = z.string().refine(isAbsolute, 'must be an absolute path');
const address = z.string().refine((text) => isIP(text) !== 0, 'must be an IP address');

const environment = z.object({
  /** As control knows it. */
  CORDON_GATEWAY_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and hyphens'),
  /** Host key, identity, spool and recordings, 0700. */
  CORDON_GATEWAY_HOME: path,
  CORDON_GATEWAY_HOST: address.default('127.0.0.1'),
  CORDON_GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535),
  /** Names and addresses employees' clients call it by, for its certificate. */
  CORDON_GATEWAY_NAMES: z
    .string()
    .default('127.0.0.1,localhost')
    .transform((text) =>
      text
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    )
    .pipe(
      z
        .array(z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/))
        .min(1)
        .max(16),
    ),
  /** Where hosts see it come from; certificates for them hold nowhere else. */
  CORDON_GATEWAY_SOURCE: address.default('127.0.0.1'),
  /** Unix socket of the web terminal, for the console's server. */
  CORDON_GATEWAY_SOCKET: path,
  /** JSON file `{"<host>": "address:port"}`. */
  CORDON_GATEWAY_TARGETS: path,
  /** Live sessions end as well when it cannot be confirmed any more that they may go on. */
  CORDON_GATEWAY_STRICT: z.enum(['on', 'off']).default('off'),
  CORDON_GATEWAY_JOIN_TOKEN: z.string().optional(),
  CORDON_KEYRING_SOCKET: path,
  CORDON_KEYRING_TOKEN: z.string().min(1),
  CORDON_CONTROL_URL: z.url({ protocol: /^https$/ }).transform((url) => url.replace(/\/+$/, '')),
  CORDON_CONTROL_FINGERPRINT: z
    .string()
    .transform((text) => text.replaceAll(':', '').toLowerCase())
    .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 fingerprint'))
    .optional(),
});

export type GatewayConfig = z.output<typeof environment>;

/** Throws `ConfigError`, which names every variable that does not fit. */
export const readConfig = (env: Record<string, string | undefined>): GatewayConfig => parseConfig(environment, env);
