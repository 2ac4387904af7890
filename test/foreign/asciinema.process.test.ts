/** The plain .cast of a record plays in asciinema, whole and redacted. On Debian root installs it; elsewhere this is skipped, loudly. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromUtf8 } from '@/lib/kernel/encoding';
import { castLine, RecordingVerifier } from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import { scratch } from './disk';
import { recorded, redacted } from './recordings';
import { has } from './skip';

const write = scratch();
install();
const here = has('asciinema', ['--version'], 'that a screen record plays in asciinema');

function install(): void {
  const can = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (!can || spawnSync('asciinema', ['--version']).status === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'asciinema'],
  ]) {
    if (spawnSync('apt-get', args, { env, stdio: 'ignore' }).status !== 0) return;
  }
}

/** What asciinema puts on a terminal. */
function played(file: Uint8Array): string {
  const lines: string[] = [];
  const verifier = new RecordingVerifier(primitives, {
    row: (_, line) => line && lines.push(fromUtf8(castLine(line))!),
  });
  verifier.push(file);
  const path = write('x.cast', lines.join(''));
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' };
  const { stdout, status } = spawnSync('script', ['-qec', `asciinema cat ${path}`, '/dev/null'], {
    env,
    encoding: 'utf8',
  });
  expect([verifier.end().ok, status]).toEqual([true, 0]);
  return stdout;
}

describe.skipIf(!here)('asciinema', () => {
  const { file } = recorded();
  it('plays all output and nothing else', () => {
    const shown = played(file);
    expect(shown.match(/│ ICE restart │ ICE restart │ ICE restart/g)).toHaveLength(12);
    expect(shown).toContain('\u001b[36m$\u001b[0m edge log --peer 7c10 "ä→😀"');
    expect(shown).not.toContain('given back');
  });

  it('plays a redacted record, and shows that it is', () => {
    const shown = played(redacted(file, [3, 12, 13, 40]));
    expect(shown.match(/│ ICE restart │ ICE restart │ ICE restart/g)).toHaveLength(10);
    expect(shown.match(/\[redacted\]/g)).toHaveLength(2);
  });
});
