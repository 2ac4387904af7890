import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';

const PAGE = 'lib/verifier/page';
/** What its files import that is no part of the page. */
const ICON = 'app/icon.svg';
export const VERIFIER_INPUTS = ['app/globals.css', 'app/_ui/tokens.css', ICON];

/**
 * Makes the one file of the offline verifier: script and style within it, and a content security policy that allows these two by their hashes,
 * the worker that the script makes of itself, and no connection. The same sources give the same bytes.
 */
export async function buildVerifier(root: string): Promise<string> {
  const [script, style] = await Promise.all([part(root, 'main.ts'), part(root, 'page.css')]);
  // What ends or opens a script early would be markup, and not under the hash.
  if (/<\/?script|<!--/i.test(script) || /<\/?style|<!--/i.test(style)) throw new Error('the verifier holds a tag');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const icon = `data:image/svg+xml,${encodeURIComponent(readFileSync(join(root, ICON), 'utf8').trim())}`;
  // Functions, because a replacement's text has dollars of its own meaning.
  return readFileSync(join(root, PAGE, 'page.html'), 'utf8')
    .replace('{{policy}}', () => policy)
    .replace('{{icon}}', () => icon)
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${script}</script>`);
}

async function part(root: string, entry: string): Promise<string> {
  const { outputFiles } = await esbuild({
    absWorkingDir: root,
    entryPoints: [join(PAGE, entry)],
    bundle: true,
    platform: 'browser',
    // Old enough for an auditor's machine, new enough for private members and light-dark().
    target: ['chrome123', 'firefox120', 'safari17.5'],
    format: 'iife',
    charset: 'ascii',
    legalComments: 'none',
    minify: true,
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]!.text.trim();
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
