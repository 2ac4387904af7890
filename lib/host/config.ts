import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '@/lib/platform';

const path = z.string().refine(isAbsolute, 'must be an absolute path');
const uid = z.coerce.number().int().min(1_000).max(2_147_483_647);

const environment = z
  .object({
    /** Of the target `host:<name>`. */
    CORDON_HOST_NAME: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be 1 to 63 lower-case letters, digits and hyphens'),
    /** State, identity and spool, of root alone. */
    CORDON_HOST_HOME: path.default('/var/lib/cordon-host'),
    /** What sshd asks and reads: of root, below no folder that others may write to. Empty after a restart of the machine, so that nobody gets in. */
    CORDON_HOST_RUN: path.default('/run/cordon-host'),
    CORDON_HOST_HOMES: path.default('/home'),
    /** Keys that sign sheets: raw Ed25519, base64, separated by commas. Control is not asked for them. */
    CORDON_HOST_SHEET_KEYS: z
      .string()
      .transform((text) => text.split(',').map((key) => Uint8Array.from(Buffer.from(key.trim(), 'base64'))))
      .refine((keys) => keys.every(({ length }) => length === 32), 'must be Ed25519 keys of 32 bytes, base64'),
    /** Uids for accounts of grants and nothing else; each is given once. */
    CORDON_HOST_UID_FROM: uid.default(66_000),
    CORDON_HOST_UID_TO: uid.default(99_999),
    CORDON_HOST_SSHD_LOG: path.default('/var/log/auth.log'),
    /** The private key that sshd proves this host with; `.pub` and `-cert.pub` stand beside it. */
    CORDON_HOST_SSH_KEY: path.default('/etc/ssh/ssh_host_ed25519_key'),
    CORDON_HOST_SSHD_CONFIG: path.default('/etc/ssh/sshd_config'),
    /** Grants end as well when no fresh sheet says any more that they go on. */
    CORDON_HOST_STRICT: z.enum(['on', 'off']).default('off'),
    CORDON_HOST_JOIN_TOKEN: z.string().optional(),
    CORDON_CONTROL_URL: z.url({ protocol: /^https$/ }).transform((url) => url.replace(/\/+$/, '')),
    CORDON_CONTROL_FINGERPRINT: z
      .string()
      .transform((text) => text.replaceAll(':', '').toLowerCase())
      .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 fingerprint'))
      .optional(),
  })
  .refine((env) => env.CORDON_HOST_UID_FROM <= env.CORDON_HOST_UID_TO, {
    path: ['CORDON_HOST_UID_TO'],
    message: 'must not be below CORDON_HOST_UID_FROM',
  });

export type HostConfig = z.output<typeof environment>;

/** Throws `ConfigError`, which names every variable that does not fit. */
export const readConfig = (env: Record<string, string | undefined>): HostConfig => parseConfig(environment, env);
