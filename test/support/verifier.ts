import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildVerifier } from '@/lib/launch/verifier';
import { ROOT } from './imports';

/** Packs get it from where the build leaves it; a test that is run alone may come before any build. */
export async function ensureVerifier(): Promise<void> {
  const path = join(ROOT, '.build', 'verify.html');
  if (existsSync(path)) return;
  mkdirSync(join(ROOT, '.build'), { recursive: true });
  writeFileSync(path, await buildVerifier(ROOT));
}
