import { spawnSync } from 'node:child_process';

/** Installs Debian packages unless all `programs` are there. False where they are not and cannot be. */
export function install(packages: readonly string[], programs: readonly string[]): boolean {
  const found = () => programs.every((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0);
  if (found()) return true;
  if (process.getuid?.() !== 0) return false;
  process.stderr.write(`Installing ${packages.join(', ')} from Debian (once)\n`);
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      // In runlevel 1 packages start no servers.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    }).status === 0;
  const get = () => apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
  return (get() || (apt('update', '-qq') && get())) && found();
}
