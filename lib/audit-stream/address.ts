import { isIP } from 'node:net';
import type { StreamKind } from './schemas';

/** Where a stream goes, read from what people type. */
export interface Receiver {
  readonly tls: boolean;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query of an HTTP request. */
  readonly path: string;
  /** PEM of the authorities to trust instead of the usual ones. */
  readonly ca: string | null;
}

const SYSLOG_TLS_PORT = 6514;

/**
 * `https://…` for HTTP, `host:port` for syslog. The URL standard's parser brings every spelling of an address (`0x7f.1`, `[::ffff:7f00:1]`) into one
 * form, and what is checked is what is connected to. Plain http is parsed here and refused off loopback by `openSocket`. Null when it is no address.
 */
export function parseReceiver(kind: StreamKind, text: string, ca: string | null = null): Receiver | null {
  const given = kind === 'http' ? text : `https://${text.includes(':') ? text : `${text}:${SYSLOG_TLS_PORT}`}`;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.hash) return null;
  if (kind === 'syslog' && (url.pathname !== '/' || url.search || /[/?#@\\]/.test(text))) return null;
  const tls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host.length > 253 || (isIP(host) === 0 && !/^[a-z0-9._-]+$/i.test(host))) return null;
  return { tls, host, port: Number(url.port || (tls ? 443 : 80)), path: `${url.pathname}${url.search}`, ca };
}

/** Name and port, for events and lists. The rest of an address may hold a secret. */
export const hostOf = ({ host, port }: Receiver): string =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
