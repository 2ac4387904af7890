import 'server-only';
import { z } from 'zod';
import { defineConfig } from '@/lib/platform';

/** Where employees' SSH clients reach the gateway: `gateway.provider.example:2222`. Only shown; empty where the installation has none. */
const config = defineConfig(
  z.object({
    CORDON_GATEWAY_ADDRESS: z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,253}:\d{1,5}$/)
      .optional(),
  }),
);

export const gatewayAddress = (): { host: string; port: string } | null => {
  const [host, port] = config().CORDON_GATEWAY_ADDRESS?.split(':') ?? [];
  return host && port ? { host, port } : null;
};
