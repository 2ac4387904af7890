import { z } from 'zod';
import { ConfigError, defineConfig } from '@/lib/platform';

const read = defineConfig(
  z.object({
    CORDON_EXPORT_HOME: z.string().min(1).optional(),
    CORDON_EXPORTER_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  }),
);

/** Where files of exports lie; null when this installation makes none. */
export const exportHome = (): string | null => read().CORDON_EXPORT_HOME ?? null;

export interface WorkerConfig {
  home: string;
  /** Of the role `cordon_exporter`. */
  databaseUrl: string;
}

/** Null when nothing is exported. Throws ConfigError with the variable's name. */
export function workerConfig(): WorkerConfig | null {
  const { CORDON_EXPORT_HOME: home, CORDON_EXPORTER_DATABASE_URL: databaseUrl } = read();
  if (!home) return null;
  if (!databaseUrl) throw new ConfigError('Exports need CORDON_EXPORTER_DATABASE_URL, of the role cordon_exporter.');
  return { home, databaseUrl };
}
