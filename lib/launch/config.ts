import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isRegion, REGIONS, type Region } from '@/lib/kernel/region';

/** What the launcher reads from its environment. Everything else is derived or made once and kept in the home directory. */
export interface LaunchConfig {
  root: string;
  home: string;
  host: string;
  ports: { console: number; control: number; database: number; gateway: number; demoHost: number; edgeBase: number };
  /** Whether there is a way into production here; one that is enrolled is started ever after. */
  gateway: boolean;
  /** Whether the demo may have a production host on this machine, and whether it has one. */
  mayHost: boolean;
  demoHost: boolean;
  edges: EdgePlan[];
  /** Set when the operator brings a PostgreSQL; the embedded one is then not started. */
  databaseUrl: string | null;
  consoleOrigin: string;
  staffOrigin: string;
  /** Where notices are mailed through and from whom; null when nothing is mailed. */
  mail: { smtpUrl: string; from: string } | null;
}

export interface EdgePlan {
  name: string;
  region: Region;
  /** HTTP and WebSocket. */
  port: number;
  /** Mutual TLS listener for other edges. */
  relayPort: number;
  /** UDP, all media of this edge. */
  mediaPort: number;
}

/** A setting that cannot be used; the message names the variable. */
export class ConfigError extends Error {}

const RELAY_OFFSET = 20;
const MEDIA_OFFSET = 40;
const MAX_EDGES = 18;

export function readConfig(env: NodeJS.ProcessEnv, root: string): LaunchConfig {
  const ports = {
    console: port(env, 'PORT', 3000),
    control: port(env, 'CORDON_CONTROL_PORT', 7400),
    database: port(env, 'CORDON_DB_PORT', 7480),
    gateway: port(env, 'CORDON_GATEWAY_PORT', 7490),
    demoHost: port(env, 'CORDON_DEMO_HOST_PORT', 7491),
    edgeBase: port(env, 'CORDON_EDGE_PORT', 7411),
  };
  return {
    root,
    home: home(env, root),
    host: '127.0.0.1',
    ports,
    gateway: isOn(env, 'CORDON_GATEWAY', 'off'),
    mayHost: isOn(env, 'CORDON_DEMO_HOST', 'on'),
    demoHost: false,
    edges: edges(env.CORDON_EDGES ?? REGIONS.join(','), ports.edgeBase),
    databaseUrl: env.DATABASE_URL ?? null,
    consoleOrigin: env.CORDON_CONSOLE_ORIGIN ?? `http://localhost:${ports.console}`,
    staffOrigin: env.CORDON_STAFF_ORIGIN ?? `http://staff.localhost:${ports.console}`,
    mail: mail(env),
  };
}

/** What the two may hold, the console says when it starts. */
function mail({ CORDON_SMTP_URL: smtpUrl, CORDON_MAIL_FROM: from }: NodeJS.ProcessEnv): LaunchConfig['mail'] {
  if (!smtpUrl && !from) return null;
  if (!smtpUrl || !from) throw new ConfigError('Mail needs both CORDON_SMTP_URL and CORDON_MAIL_FROM.');
  return { smtpUrl, from };
}

function port(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_500)
    throw new ConfigError(`${name} must be a port from 1 to 65500, not "${text}".`);
  return value;
}

function isOn(env: NodeJS.ProcessEnv, name: string, fallback: 'on' | 'off'): boolean {
  const text = env[name] ?? fallback;
  if (text !== 'on' && text !== 'off') throw new ConfigError(`${name} must be "on" or "off", not "${text}".`);
  return text === 'on';
}

/** `EU,EU,NA` makes eu-1, eu-2 and na-1. */
function edges(list: string, base: number): EdgePlan[] {
  const counts = new Map<Region, number>();
  const codes = list
    .split(',')
    .map((code) => code.trim().toUpperCase())
    .filter(Boolean);
  if (codes.length === 0 || codes.length > MAX_EDGES)
    throw new ConfigError(`CORDON_EDGES must name 1 to ${MAX_EDGES} regions, for example "EU,NA".`);
  return codes.map((region, i) => {
    if (!isRegion(region))
      throw new ConfigError(`CORDON_EDGES names "${region}", which is none of ${REGIONS.join(' ')}.`);
    const count = (counts.get(region) ?? 0) + 1;
    counts.set(region, count);
    return {
      name: `${region.toLowerCase()}-${count}`,
      region,
      port: base + i,
      relayPort: base + RELAY_OFFSET + i,
      mediaPort: base + MEDIA_OFFSET + i,
    };
  });
}

/**
 * Where data lives. PostgreSQL and the keyring run as users of their own when root starts Cordon, so a clone that other
 * users cannot enter (below a 0700 home, say) keeps its data in /var/lib/cordon instead.
 */
function home(env: NodeJS.ProcessEnv, root: string): string {
  if (env.CORDON_HOME) return isAbsolute(env.CORDON_HOME) ? env.CORDON_HOME : resolve(root, env.CORDON_HOME);
  if (process.getuid?.() === 0 && !othersCanEnter(root)) return '/var/lib/cordon';
  return join(root, '.cordon');
}

export function othersCanEnter(path: string): boolean {
  const EXECUTE_BY_OTHERS = 0o001;
  for (let dir = path; ; dir = dirname(dir)) {
    if ((statSync(dir).mode & EXECUTE_BY_OTHERS) === 0) return false;
    if (dirname(dir) === dir) return true;
  }
}
