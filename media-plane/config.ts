import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { isRegion, type Region } from '@/lib/kernel/region';
import { isLoopback } from './admission/address';

/**
 * The environment of an edge, parsed once. Every problem is reported together, each naming its variable, so that an
 * operator fixes a first start in one go. Values of secrets never appear in a message.
 */
export interface EdgeConfig {
  name: string;
  region: Region;
  /** State directory: identity, policy on disk, spool. */
  home: string;
  host: string;
  /** HTTP and WebSocket. */
  port: number;
  /** Explicit address the UDP port is bound to: one port serves every peer only when the address is named. */
  mediaHost: string;
  mediaPort: number;
  publicAddress: string | undefined;
  /** Public base URL without a trailing slash. */
  url: string;
  relayPort: number;
  /** `host:port` other edges dial. */
  relay: string;
  controlUrl: string;
  joinToken: string | undefined;
  controlFingerprint: string | undefined;
  /** PEM texts; present whenever the host is not loopback. */
  tls: { cert: string; key: string } | undefined;
  /** CIDRs whose X-Forwarded-For is believed. Empty: only the TCP peer is. */
  trustedProxies: readonly string[];
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** @throws ConfigError with one line per variable that is missing or wrong. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): EdgeConfig {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = env[name]?.trim() ?? '';
    if (value === '') problems.push(`${name} is required`);
    return value;
  };
  const optional = (name: string): string | undefined => env[name]?.trim() || undefined;
  const port = (name: string): number => {
    const value = text(name);
    const number = Number(value);
    if (value !== '' && (!/^\d{1,5}$/.test(value) || number > 65_535))
      problems.push(`${name} must be a port (0 to 65535)`);
    return number;
  };
  const url = (name: string, protocols: readonly string[]): string => {
    const value = text(name);
    if (value === '') return value;
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
      problems.push(`${name} must be an absolute URL (${protocols.join(' or ')})`);
    }
    return value.replace(/\/+$/, '');
  };

  const name = text('CORDON_EDGE_NAME');
  if (name !== '' && !/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
    problems.push('CORDON_EDGE_NAME must be 1 to 63 lower-case letters, digits and hyphens');
  }
  const region = text('CORDON_EDGE_REGION');
  if (region !== '' && !isRegion(region)) problems.push('CORDON_EDGE_REGION must be one of NA, EU, AS, JP, IN, CN');
  const host = optional('CORDON_EDGE_HOST') ?? '127.0.0.1';
  const mediaHost = optional('CORDON_EDGE_MEDIA_HOST') ?? (host === 'localhost' ? '127.0.0.1' : host);
  if (isIP(mediaHost) === 0 || mediaHost === '0.0.0.0' || mediaHost === '::') {
    problems.push('CORDON_EDGE_MEDIA_HOST must be one explicit IP address (it defaults to CORDON_EDGE_HOST)');
  }
  const relay = text('CORDON_EDGE_RELAY');
  if (relay !== '' && !/^[^\s/]+:\d{1,5}$/.test(relay)) problems.push('CORDON_EDGE_RELAY must be host:port');
  const fingerprint = optional('CORDON_CONTROL_FINGERPRINT')?.replaceAll(':', '').toLowerCase();
  if (fingerprint !== undefined && !/^[0-9a-f]{64}$/.test(fingerprint)) {
    problems.push('CORDON_CONTROL_FINGERPRINT must be a SHA-256 fingerprint (64 hex characters)');
  }
  const trustedProxies = (optional('CORDON_EDGE_TRUSTED_PROXIES') ?? '')
    .split(',')
    .map((cidr) => cidr.trim())
    .filter(Boolean);
  for (const cidr of trustedProxies) {
    if (!isCidr(cidr)) problems.push(`CORDON_EDGE_TRUSTED_PROXIES holds ${JSON.stringify(cidr)}, which is no CIDR`);
  }

  const config: EdgeConfig = {
    name,
    region: region as Region,
    home: text('CORDON_EDGE_HOME'),
    host,
    port: port('CORDON_EDGE_PORT'),
    mediaHost,
    mediaPort: port('CORDON_EDGE_MEDIA_PORT'),
    publicAddress: optional('CORDON_EDGE_PUBLIC_ADDRESS'),
    url: url('CORDON_EDGE_URL', ['http:', 'https:']),
    relayPort: port('CORDON_EDGE_RELAY_PORT'),
    relay,
    controlUrl: url('CORDON_CONTROL_URL', ['https:']),
    joinToken: optional('CORDON_EDGE_JOIN_TOKEN'),
    controlFingerprint: fingerprint,
    tls: readTls(env, problems),
    trustedProxies,
  };
  if (config.tls === undefined && !isLoopback(host)) {
    problems.push('CORDON_EDGE_TLS_CERT and CORDON_EDGE_TLS_KEY are required when CORDON_EDGE_HOST is not loopback');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function readTls(env: Readonly<Record<string, string | undefined>>, problems: string[]): EdgeConfig['tls'] {
  const read = (name: string): string | undefined => {
    const path = env[name]?.trim();
    if (!path) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      problems.push(`${name} names a file that cannot be read`);
      return undefined;
    }
  };
  const cert = read('CORDON_EDGE_TLS_CERT');
  const key = read('CORDON_EDGE_TLS_KEY');
  return cert !== undefined && key !== undefined ? { cert, key } : undefined;
}

function isCidr(value: string): boolean {
  const [address = '', bits = '', rest] = value.split('/');
  const family = isIP(address);
  return rest === undefined && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
