/** The environment of the control process, parsed once. */
export interface ControlConfig {
  host: string;
  port: number;
  databaseUrl: string;
  /** Of the role `cordon_sequencer`. Null: this control does not sequence the audit log; one at least must. */
  sequencerDatabaseUrl: string | null;
  /** A witness policy (C2SP tlog-policy) with URLs. Null: nobody outside is asked to cosign. */
  witnessPolicyFile: string | null;
  /** Of the role `cordon_checker`. Null: this control does not check the audit log; one at least should. */
  checkerDatabaseUrl: string | null;
  keyringSocket: string;
  keyringToken: string;
  /** Names and addresses edges may dial, written into the server certificate. */
  hosts: string[];
}

/** @throws Error naming every variable that is missing or wrong; values of secrets never appear in it. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): ControlConfig {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = env[name]?.trim() ?? '';
    if (value === '') problems.push(`${name} is required`);
    return value;
  };
  const host = env.CORDON_CONTROL_HOST?.trim() || '127.0.0.1';
  const port = Number(text('CORDON_CONTROL_PORT'));
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push('CORDON_CONTROL_PORT must be a port (0 to 65535)');
  const extra = (env.CORDON_CONTROL_NAMES ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const config = {
    host,
    port,
    databaseUrl: text('DATABASE_URL'),
    sequencerDatabaseUrl: env.CORDON_SEQUENCER_DATABASE_URL?.trim() || null,
    witnessPolicyFile: env.CORDON_WITNESS_POLICY?.trim() || null,
    checkerDatabaseUrl: env.CORDON_CHECKER_DATABASE_URL?.trim() || null,
    keyringSocket: text('CORDON_KEYRING_SOCKET'),
    keyringToken: text('CORDON_KEYRING_TOKEN'),
    hosts: [...new Set([host, 'localhost', '127.0.0.1', ...extra])].filter(
      (name) => name !== '0.0.0.0' && name !== '::',
    ),
  };
  if (config.witnessPolicyFile && !config.sequencerDatabaseUrl)
    problems.push('CORDON_WITNESS_POLICY needs CORDON_SEQUENCER_DATABASE_URL');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return config;
}
