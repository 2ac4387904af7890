import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { ConfigError, defineConfig } from '@/lib/platform';
import type { NetworkRules } from './send/network';

/** HTTPS, syslog over TLS (RFC 5425), and where Splunk and others take events. */
const DEFAULT_PORTS = '443 6514 8088 8443';
/** Standard Webhooks 1.0 recommends 15 to 30 s. */
const TIMEOUT_MS = 20_000;

const read = defineConfig(
  z.object({
    CORDON_STREAMER_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    CORDON_STREAM_NETWORKS: z.string().optional(),
    CORDON_STREAM_PORTS: z.string().default(DEFAULT_PORTS),
  }),
);

/** Of the role `cordon_streamer`; null when this installation streams nothing. */
export const streamerUrl = (): string | null => read().CORDON_STREAMER_DATABASE_URL ?? null;

/** What receivers may be. Throws ConfigError with the variable's name. */
export function networkRules(): NetworkRules {
  const { CORDON_STREAM_NETWORKS: networks = '', CORDON_STREAM_PORTS: ports } = read();
  return { allowed: parseNetworks(networks), ports: parsePorts(ports), timeoutMs: TIMEOUT_MS };
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** `10.1.0.0/16, fd00::/8`: networks that may be reached although they are not the open internet. */
export function parseNetworks(text: string): BlockList {
  const list = new BlockList();
  for (const word of words(text)) {
    const [base = '', prefix = ''] = word.split('/');
    const family = isIP(base);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > most)
      throw new ConfigError(`CORDON_STREAM_NETWORKS must list networks such as 10.1.0.0/16; "${word}" is none.`);
    list.addSubnet(base, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** `443 8000-8999`. */
export function parsePorts(text: string): (port: number) => boolean {
  const ranges = words(text).map((word) => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word) ?? [];
    const range = [Number(from), Number(to)] as const;
    if (from === undefined || range[0] < 1 || range[1] > 65_535 || range[0] > range[1])
      throw new ConfigError(`CORDON_STREAM_PORTS must list ports such as 443 or 8000-8999; "${word}" is none.`);
    return range;
  });
  return (port) => ranges.some(([from, to]) => from <= port && port <= to);
}
