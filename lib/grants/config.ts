import 'server-only';
import { z } from 'zod';
import { defineConfig } from '@/lib/platform';

/** The gateway: where employees' SSH clients reach it (`gateway.provider.example:2222`), only shown, and the socket of its web terminal. */
const config = defineConfig(
  z.object({
    CORDON_GATEWAY_ADDRESS: z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,253}:\d{1,5}$/)
      .optional(),
    CORDON_GATEWAY_SOCKET: z.string().optional(),
  }),
);

export const gatewayAddress = (): { host: string; port: string } | null => {
  const [host, port] = config().CORDON_GATEWAY_ADDRESS?.split(':') ?? [];
  return host && port ? { host, port } : null;
};

export const hasTerminal = (): boolean => Boolean(config().CORDON_GATEWAY_SOCKET);
