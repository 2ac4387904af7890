import type { z } from 'zod';

/** The environment does not fit. The message names each variable and what is expected, never the value. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Parses an environment. Throws `ConfigError`, whose message can be shown to an operator as it is. */
export function parseConfig<S extends z.ZodType>(
  schema: S,
  environment: Record<string, string | undefined>,
): z.output<S> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const variable = issue.path.join('.') || 'environment';
    return environment[variable] === undefined ? `${variable} is not set` : `${variable}: ${issue.message}`;
  });
  throw new ConfigError(`This process cannot start. ${lines.join('; ')}.`);
}

/**
 * Declares the variables a process reads. The environment is read at the first call and never again, so that no code
 * path can see a later value; a module may declare its configuration without the variables being present.
 */
export function defineConfig<S extends z.ZodType>(schema: S): () => z.output<S> {
  let config: { value: z.output<S> } | undefined;
  return () => {
    config ??= { value: parseConfig(schema, process.env) };
    return config.value;
  };
}
