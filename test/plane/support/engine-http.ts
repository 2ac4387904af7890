/**
 * The smallest HTTP face on an engine that lets real browsers publish and play: no tokens, no policy, one room per path. The
 * page runs the two public npm clients unmodified, bundled here.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Engine, OpenPeer } from '@/media-plane/engine';
import { ALL, farAway } from './engine-client';

const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'OPTIONS, POST, DELETE, PATCH',
  'Access-Control-Allow-Headers': 'authorization, content-type, etag, if-match',
  'Access-Control-Expose-Headers': 'location, etag, link, access-control-allow-methods',
};

export interface Harness {
  url: string;
  /** Peer ids in the order of their joining, by `whip` or `whep` and account. */
  peers: { peerId: string; kind: string; account: string }[];
  close(): void;
}

export async function serveEngine(engine: Engine, host = '127.0.0.1'): Promise<Harness> {
  const script = await bundle();
  const peers: Harness['peers'] = [];
  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error) => response.writeHead(500, HEADERS).end(String(error)));
  });
  let url = '';

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = new URL(request.url ?? '/', url);
    const [, kind = '', room = ''] = target.pathname.split('/');
    if (request.method === 'OPTIONS') response.writeHead(204, HEADERS).end();
    else if (target.pathname === '/') response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
    else if (target.pathname === '/page.js') response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script);
    else if (kind === 'peer' && request.method === 'PATCH') response.writeHead(428, HEADERS).end();
    else if (kind === 'peer' && request.method === 'DELETE') {
      await engine.close(room);
      response.writeHead(200, HEADERS).end();
    } else if (request.method === 'POST' && (kind === 'whip' || kind === 'whep')) {
      await join(kind, room, target.searchParams, await text(request), response);
    } else response.writeHead(404, HEADERS).end();
  }

  async function join(kind: string, room: string, query: URLSearchParams, offer: string, response: ServerResponse) {
    const peerId = `${kind}-${peers.length}`;
    const account = query.get('account') ?? peerId;
    const direction: OpenPeer['direction'] = kind === 'whip' ? 'publish' : 'subscribe';
    const publisher = query.get('publisher');
    const result = await engine.open({
      peerId,
      room: `app:${room}`,
      account,
      direction,
      publisher,
      offer,
      permissions: ALL,
      expiresAt: farAway(),
    });
    if (!result.ok) {
      response.writeHead(403, HEADERS).end(`${result.code}: ${result.detail}`);
      return;
    }
    peers.push({ peerId, kind, account });
    const headers = { ...HEADERS, 'Content-Type': 'application/sdp', Location: `${url}/peer/${peerId}`, ETag: '"1"' };
    response.writeHead(201, headers).end(result.answer);
  }

  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, peers, close };
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>engine</title><video autoplay muted></video><script src="/page.js"></script>';

async function bundle(): Promise<string> {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const contents = `
    import { WHIPClient } from '@eyevinn/whip-web-client';
    import { WebRTCPlayer } from '@eyevinn/webrtc-player';
    Object.assign(window, { WHIPClient, WebRTCPlayer });`;
  const result = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  return result.outputFiles[0]!.text;
}
