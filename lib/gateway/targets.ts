import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { Log } from '@/lib/platform';

const file = z.record(
  z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  z.string().regex(/^(?:[A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:]{2,45}\]):[0-9]{1,5}$/),
);

/**
 * Where hosts are reached: a JSON file `{"db-1": "10.0.0.5:22"}`, read again when it changes. It opens nothing: a host has to prove its name by its
 * certificate, wherever it is.
 */
export function readTargets(path: string, log: Log): (host: string) => { address: string; port: number } | null {
  let known: { changed: number; hosts: Record<string, string> } | null = null;
  return (host) => {
    try {
      const { mtimeMs: changed } = statSync(path);
      if (known?.changed !== changed) known = { changed, hosts: file.parse(JSON.parse(readFileSync(path, 'utf8'))) };
    } catch (error) {
      log.warn('targets.unreadable', { error });
      return null;
    }
    const text = Object.hasOwn(known.hosts, host) ? known.hosts[host]! : null;
    if (text === null) return null;
    const colon = text.lastIndexOf(':');
    return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  };
}
