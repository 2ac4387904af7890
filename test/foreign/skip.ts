import { spawnSync } from 'node:child_process';

/** Whether a program can be run. A test that goes without it says so where everybody sees it. */
export function has(program: string, args: readonly string[], without: string): boolean {
  if (spawnSync(program, args).status === 0) return true;
  process.stderr.write(`\n*** SKIPPED: there is no ${program} here. NOT CHECKED: ${without}. ***\n\n`);
  return false;
}
