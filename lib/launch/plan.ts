import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EdgePlan, LaunchConfig } from './config';
import type { Secrets } from './secrets';
import type { ProcessPlan } from './supervise';

/**
 * The environment of every process. This is also the reference for starting one alone on another machine: each reads only the
 * variables listed here (README, "Many machines").
 */
export interface Paths {
  socket: string;
  clients: string;
  keyringHome: string;
  gatewayHome: string;
  gatewayTargets: string;
  terminal: string;
  demoHost: string;
  logs: string;
}

export const paths = (home: string): Paths => ({
  socket: join(home, 'run', 'keyring.sock'),
  clients: join(home, 'keyring-clients.json'),
  keyringHome: join(home, 'keyring'),
  gatewayHome: join(home, 'gateway'),
  gatewayTargets: join(home, 'gateway-targets.json'),
  terminal: join(home, 'gateway', 'terminal.sock'),
  demoHost: join(home, 'demo-host'),
  logs: join(home, 'log'),
});

export const GATEWAY_NAME = 'main';
export const isGatewayEnrolled = ({ home }: LaunchConfig): boolean =>
  existsSync(join(paths(home).gatewayHome, 'identity.json'));

/**
 * The gateway is started where somebody asked for it, and ever after. It would cost every installation 65 MB and a second, and a way into
 * production is nothing to open unasked.
 */
export const hasGateway = (config: LaunchConfig): boolean => config.gateway || isGatewayEnrolled(config);

/** What every process gets from the launcher's own environment; nothing else passes. */
function inherited(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept = ['PATH', 'LANG', 'TZ', 'NODE_EXTRA_CA_CERTS', 'CORDON_LOG_LEVEL'];
  return {
    NODE_ENV: 'production',
    ...Object.fromEntries(kept.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
  };
}

/** Files and settings the operator adds. */
const passedOn = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));

const saysReady = (line: string) => line.includes('"msg":"ready"');

export function keyringPlan(
  config: LaunchConfig,
  bundle: string,
  owner: { uid: number; gid: number } | null,
): ProcessPlan {
  const at = paths(config.home);
  return {
    name: 'keyring',
    command: process.execPath,
    args: ['--enable-source-maps', bundle],
    cwd: config.home,
    env: {
      ...inherited(process.env),
      CORDON_KEYRING_HOME: at.keyringHome,
      CORDON_KEYRING_SOCKET: at.socket,
      CORDON_KEYRING_CLIENTS: at.clients,
      CORDON_CONSOLE_ORIGIN: config.consoleOrigin,
      CORDON_STAFF_ORIGIN: config.staffOrigin,
    },
    ...(owner ?? {}),
    ready: saysReady,
    readyWithinMs: 15_000,
  };
}

export function controlPlan(
  config: LaunchConfig,
  secrets: Secrets,
  databaseUrl: string,
  sequencerDatabaseUrl: string,
  checkerDatabaseUrl: string,
): ProcessPlan {
  return {
    name: 'control',
    command: process.execPath,
    args: ['--enable-source-maps', join(config.root, '.build', 'control.mjs')],
    cwd: config.root,
    env: {
      ...inherited(process.env),
      DATABASE_URL: databaseUrl,
      CORDON_KEYRING_SOCKET: paths(config.home).socket,
      CORDON_SEQUENCER_DATABASE_URL: sequencerDatabaseUrl,
      CORDON_CHECKER_DATABASE_URL: checkerDatabaseUrl,
      CORDON_KEYRING_TOKEN: secrets.keyring.control,
      CORDON_CONTROL_HOME: join(config.home, 'control'),
      CORDON_CONTROL_HOST: config.host,
      CORDON_CONTROL_PORT: String(config.ports.control),
      ...passedOn(['CORDON_WITNESS_POLICY']),
    },
    ready: saysReady,
    readyWithinMs: 30_000,
  };
}

export function gatewayPlan(
  config: LaunchConfig,
  secrets: Secrets,
  bundle: string,
  owner: { uid: number; gid: number } | null,
  join_: { token: string | null; fingerprint: string },
): ProcessPlan {
  const at = paths(config.home);
  return {
    name: 'gateway',
    command: process.execPath,
    args: ['--enable-source-maps', bundle],
    cwd: config.home,
    env: {
      ...inherited(process.env),
      CORDON_GATEWAY_NAME: GATEWAY_NAME,
      CORDON_GATEWAY_HOME: at.gatewayHome,
      CORDON_GATEWAY_HOST: config.host,
      CORDON_GATEWAY_PORT: String(config.ports.gateway),
      CORDON_GATEWAY_SOCKET: at.terminal,
      CORDON_GATEWAY_TARGETS: at.gatewayTargets,
      CORDON_KEYRING_SOCKET: at.socket,
      CORDON_KEYRING_TOKEN: secrets.keyring.gateway,
      CORDON_CONTROL_URL: `https://${config.host}:${config.ports.control}`,
      CORDON_CONTROL_FINGERPRINT: join_.fingerprint,
      ...(join_.token ? { CORDON_GATEWAY_JOIN_TOKEN: join_.token } : {}),
      ...passedOn(['CORDON_GATEWAY_NAMES', 'CORDON_GATEWAY_SOURCE']),
    },
    ...(owner ?? {}),
    ready: saysReady,
    readyWithinMs: 15_000,
  };
}

/** The demo's production host: its sshd, whose log the agent reads where all logs are, and the agent. */
export function hostPlans(
  config: LaunchConfig,
  of: {
    name: string;
    sshd: string;
    run: string;
    uids: { from: number; to: number };
    token: string | null;
    fingerprint: string;
    sheetKeys: readonly string[];
  },
): ProcessPlan[] {
  const at = paths(config.home);
  const sshdConfig = join(at.demoHost, 'sshd_config');
  return [
    {
      name: 'demo-sshd',
      command: of.sshd,
      args: ['-D', '-e', '-f', sshdConfig],
      cwd: '/',
      env: inherited(process.env),
      ready: (line) => line.startsWith('Server listening on '),
      readyWithinMs: 10_000,
    },
    {
      name: 'demo-host',
      command: process.execPath,
      args: ['--enable-source-maps', join(config.root, '.build', 'host.mjs')],
      cwd: config.home,
      env: {
        ...inherited(process.env),
        CORDON_HOST_NAME: of.name,
        CORDON_HOST_SHEET_KEYS: of.sheetKeys.join(','),
        CORDON_HOST_HOME: join(at.demoHost, 'agent'),
        CORDON_HOST_RUN: of.run,
        CORDON_HOST_HOMES: join(at.demoHost, 'homes'),
        CORDON_HOST_UID_FROM: String(of.uids.from),
        CORDON_HOST_UID_TO: String(of.uids.to),
        CORDON_HOST_SSH_KEY: join(at.demoHost, 'key'),
        CORDON_HOST_SSHD_CONFIG: sshdConfig,
        CORDON_HOST_SSHD_LOG: join(at.logs, 'demo-sshd.log'),
        CORDON_CONTROL_URL: `https://${config.host}:${config.ports.control}`,
        CORDON_CONTROL_FINGERPRINT: of.fingerprint,
        ...(of.token ? { CORDON_HOST_JOIN_TOKEN: of.token } : {}),
      },
      ready: saysReady,
      readyWithinMs: 15_000,
    },
  ];
}

export function edgePlan(
  config: LaunchConfig,
  edge: EdgePlan,
  join_: { token: string; fingerprint: string },
): ProcessPlan {
  return {
    name: edge.name,
    command: process.execPath,
    args: ['--enable-source-maps', join(config.root, '.build', 'edge.mjs')],
    cwd: config.root,
    env: {
      ...inherited(process.env),
      CORDON_EDGE_NAME: edge.name,
      CORDON_EDGE_REGION: edge.region,
      CORDON_EDGE_HOME: join(config.home, 'edges', edge.name),
      CORDON_EDGE_HOST: config.host,
      CORDON_EDGE_PORT: String(edge.port),
      CORDON_EDGE_URL: `http://localhost:${edge.port}`,
      CORDON_EDGE_MEDIA_PORT: String(edge.mediaPort),
      CORDON_EDGE_RELAY_PORT: String(edge.relayPort),
      CORDON_EDGE_RELAY: `${config.host}:${edge.relayPort}`,
      CORDON_CONTROL_URL: `https://${config.host}:${config.ports.control}`,
      CORDON_CONTROL_FINGERPRINT: join_.fingerprint,
      CORDON_EDGE_JOIN_TOKEN: join_.token,
    },
    ready: saysReady,
    readyWithinMs: 30_000,
  };
}

export function consolePlan(
  config: LaunchConfig,
  secrets: Secrets,
  /** Connection strings by role. */
  databaseUrl: { console: string; mailer?: string; exporter: string; streamer?: string },
): ProcessPlan {
  return {
    name: 'console',
    command: process.execPath,
    args: ['--enable-source-maps', join(config.root, '.build', 'console.mjs')],
    cwd: config.root,
    env: {
      ...inherited(process.env),
      NEXT_TELEMETRY_DISABLED: '1',
      PORT: String(config.ports.console),
      CORDON_CONSOLE_HOST: config.host,
      DATABASE_URL: databaseUrl.console,
      CORDON_KEYRING_SOCKET: paths(config.home).socket,
      CORDON_KEYRING_TOKEN: secrets.keyring.console,
      CORDON_CONSOLE_ORIGIN: config.consoleOrigin,
      CORDON_STAFF_ORIGIN: config.staffOrigin,
      CORDON_CONSOLE_SECRET: secrets.console,
      ...(hasGateway(config)
        ? {
            CORDON_GATEWAY_SOCKET: paths(config.home).terminal,
            CORDON_GATEWAY_ADDRESS: `${config.host}:${config.ports.gateway}`,
          }
        : {}),
      ...passedOn(['CORDON_GATEWAY_ADDRESS']),
      CORDON_EDGE_ORIGINS: config.edges.map((edge) => `http://localhost:${edge.port}`).join(' '),
      CORDON_EXPORT_HOME: join(config.home, 'exports'),
      CORDON_EXPORTER_DATABASE_URL: databaseUrl.exporter,
      ...(databaseUrl.streamer ? { CORDON_STREAMER_DATABASE_URL: databaseUrl.streamer } : {}),
      ...passedOn([
        'CORDON_LOCATION_DATABASE',
        'CORDON_BREACHED_PASSWORDS',
        'CORDON_STREAM_NETWORKS',
        'CORDON_STREAM_PORTS',
      ]),
      ...(config.mail && databaseUrl.mailer
        ? {
            CORDON_SMTP_URL: config.mail.smtpUrl,
            CORDON_MAIL_FROM: config.mail.from,
            CORDON_MAILER_DATABASE_URL: databaseUrl.mailer,
          }
        : {}),
    },
    ready: saysReady,
    readyWithinMs: 60_000,
  };
}
