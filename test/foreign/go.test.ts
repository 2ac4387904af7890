/** Go's x/mod (sumdb/note and sumdb/tlog) accepts our checkpoints and proofs and rejects all that is false about them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Claim, falseClaims, plainClaim, trueClaims } from './claims';
import { has } from './skip';

const SOURCE = fileURLToPath(new URL('./go/main.go', import.meta.url));
/** Where Debian's golang-golang-x-mod-dev puts it. */
const GOPATH = '/usr/share/gocode';
const here =
  has('go', ['version'], 'checkpoints and proofs by Go (Debian: golang-go golang-golang-x-mod-dev)') &&
  has('ls', [join(GOPATH, 'src/golang.org/x/mod/sumdb')], 'checkpoints and proofs by Go (golang-golang-x-mod-dev)');

let program: string;

interface Verdict {
  note: boolean;
  inclusion: boolean;
  consistency: boolean;
}

function judged(claims: readonly Claim[]): Verdict[] {
  const input = JSON.stringify(claims.map(plainClaim));
  return JSON.parse(execFileSync(program, { input, encoding: 'utf8' })) as Verdict[];
}

describe.skipIf(!here)('Go x/mod', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cordon-go-'));
    program = join(folder, 'judge');
    const env = { ...process.env, GO111MODULE: 'off', GOPATH, GOFLAGS: '', CGO_ENABLED: '0' };
    const { stderr } = spawnSync('go', ['build', '-o', program, SOURCE], { env, encoding: 'utf8' });
    if (!existsSync(program)) throw new Error(stderr);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('accepts what is true', async () => {
    const claims = await trueClaims();
    expect(claims.length).toBeGreaterThan(80);
    for (const verdict of judged(claims)) expect(verdict).toEqual({ note: true, inclusion: true, consistency: true });
  });

  it('rejects what is false', async () => {
    const claims = await falseClaims(['signature', 'name', 'inclusion', 'consistency']);
    const verdicts = judged(claims.map(({ claim }) => claim));
    for (const [i, { name, part }] of claims.entries()) {
      const { note, ...proofs } = verdicts[i]!;
      const holds = { signature: note, name: note, ...proofs }[part];
      expect([name, holds]).toEqual([name, false]);
    }
  });
});
