import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/browser';

/** A page on an origin of its own with the SDK and the two public npm clients, unmodified, as `window.cordon`. */
export async function servePage(): Promise<{ url: string; close: () => void }> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import * as sdk from '@/media-plane/client';
        import { WHIPClient } from '@eyevinn/whip-web-client';
        import { WebRTCPlayer } from '@eyevinn/webrtc-player';
        window.cordon = { ...sdk, WHIPClient, WebRTCPlayer };`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome120',
    logLevel: 'silent',
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
  });
  const script = outputFiles[0]?.text ?? '';
  const html =
    '<!doctype html><meta charset="utf-8"><video autoplay muted playsinline></video><script src="/page.js"></script>';
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response
      .writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' })
      .end(isScript ? script : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

export const launchChromium = async (...flags: string[]): Promise<Browser> =>
  chromium.launch({ executablePath: await chromiumPath(), args: [...CHROMIUM_FLAGS, ...flags] });
