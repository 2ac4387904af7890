/** Bundles the gallery into one page that needs no server: index.html?scene=overview&theme=dark. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../../..');

/** Writes the page into `out` (made if absent) and returns the URL of a scene. */
export async function buildGallery(out: string): Promise<(scene: string, theme?: 'light' | 'dark') => string> {
  await mkdir(out, { recursive: true });
  await build({
    entryPoints: { gallery: join(here, 'page.tsx') },
    outdir: out,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    jsx: 'automatic',
    alias: { '@': root },
    define: { 'process.env.NODE_ENV': '"development"', 'process.env': '{}', __NEXT_DEFINE_ENV: 'undefined' },
    loader: { '.woff2': 'file' },
    logLevel: 'error',
  });
  const html =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Gallery</title><link rel="stylesheet" href="gallery.css"></head><body><div id="root"></div><script src="gallery.js"></script></body></html>';
  await writeFile(join(out, 'index.html'), html);
  const page = pathToFileURL(join(out, 'index.html')).href;
  return (scene, theme) => `${page}?scene=${scene}${theme ? `&theme=${theme}` : ''}`;
}
