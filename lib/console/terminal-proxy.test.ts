import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { createAddressStamp } from './client-address';
import { createTerminalProxy } from './terminal-proxy';

const STAFF = 'http://staff.localhost:3000';
let folder: string;
let gateway: Server;
let console_: Server;
let seen: IncomingMessage[];
let sockets: WebSocketServer;
let proxy: ReturnType<typeof createTerminalProxy>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cordon-proxy-'));
  seen = [];
  gateway = createServer();
  sockets = new WebSocketServer({ server: gateway });
  sockets.on('connection', (web, request) => {
    seen.push(request);
    web.on('message', (data) => web.send(data));
  });
  await new Promise<void>((resolve) => gateway.listen(join(folder, 'g.sock'), resolve));
  console_ = createServer((_request, response) => response.end('page'));
  const stamp = createAddressStamp({ proxies: [], header: 'x-forwarded-for' });
  const socket = join(folder, 'g.sock');
  proxy = createTerminalProxy({ socket, staffOrigin: STAFF, stamp, header: 'x-forwarded-for' });
  console_.on('upgrade', proxy.upgrade);
  await new Promise<void>((resolve) => console_.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const server of [console_, gateway]) {
    server.closeAllConnections();
    server.close();
  }
  sockets.close();
  rmSync(folder, { recursive: true });
});

const open = (over: { path?: string; host?: string; origin?: string; headers?: Record<string, string> } = {}) =>
  new WebSocket(`ws://127.0.0.1:${(console_.address() as AddressInfo).port}${over.path ?? '/staff/terminal'}`, {
    headers: { host: over.host ?? 'staff.localhost:3000', ...over.headers },
    ...('origin' in over ? (over.origin ? { origin: over.origin } : {}) : { origin: STAFF }),
  });
const outcome = (web: WebSocket) =>
  new Promise<number | 'open'>((resolve) => {
    web.once('open', () => resolve('open'));
    web.once('unexpected-response', (_request, response) => resolve(response.statusCode!));
    web.on('error', () => undefined);
  });

describe('the way to the web terminal', () => {
  it('is open for a page of the staff origin, and carries bytes both ways', async () => {
    const web = open({ headers: { cookie: 'session=secret', 'x-forwarded-for': '192.0.2.9' } });
    expect(await outcome(web)).toBe('open');
    web.send(Buffer.alloc(200_000, 7));
    const back = await new Promise<Buffer>((resolve) => web.once('message', (data) => resolve(data as Buffer)));
    expect(back.equals(Buffer.alloc(200_000, 7))).toBe(true);
    expect(seen[0]!.headers.cookie).toBeUndefined();
    expect(seen[0]!.headers['x-forwarded-for']).toBe('127.0.0.1');
    web.terminate();
  });

  it('ends on one side when it ends on the other', async () => {
    const web = open();
    await outcome(web);
    const closed = new Promise((resolve) => web.once('close', resolve));
    for (const other of sockets.clients) other.terminate();
    await closed;
    const again = open();
    await outcome(again);
    const gone = new Promise((resolve) => [...sockets.clients].at(-1)!.once('close', resolve));
    again.terminate();
    await gone;
  });

  it.each([
    ['a page of another origin', { origin: 'https://evil.example' }, 403],
    ["a page of the customers' console", { origin: 'http://localhost:3000' }, 403],
    ['a program that tells no origin', { origin: '' }, 403],
    ["the customers' host", { host: 'localhost:3000', origin: STAFF }, 404],
    ['another path', { path: '/staff/terminal?x=1' }, 404],
    ['a path of Next', { path: '/_next/webpack-hmr' }, 404],
  ])('is closed for %s', async (_, over, status) => {
    expect(await outcome(open(over))).toBe(status);
    expect(seen).toHaveLength(0);
  });

  it('ends with the console', async () => {
    const web = open();
    await outcome(web);
    const closed = new Promise((resolve) => web.once('close', resolve));
    proxy.stop();
    await closed;
  });

  it('says so when there is no gateway', async () => {
    gateway.closeAllConnections();
    await new Promise((resolve) => gateway.close(resolve));
    expect(await outcome(open())).toBe(503);
  });
});
