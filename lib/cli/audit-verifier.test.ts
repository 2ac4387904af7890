import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { readVerifier } from '@/lib/verifier';
import { ensureVerifier } from '@/test/support/verifier';
import { auditVerifier } from './audit-verifier';
import { UsageError } from './command';

beforeAll(ensureVerifier);

async function run(...args: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  const exit = await auditVerifier.run(args, {
    line: (text = '') => void lines.push(`${text}\n`),
    error: (text) => void errors.push(text),
  });
  return { exit, printed: lines.join(''), errors };
}

it('prints the file byte for byte, and its SHA-256 beside it', async () => {
  const { exit, printed, errors } = await run();
  expect(exit).toBe(0);
  expect(printed).toBe(readVerifier().html.toString());
  expect(errors).toEqual([`SHA-256 ${createHash('sha256').update(printed).digest('hex')}`]);
});

it('prints the SHA-256 alone as JSON', async () => {
  const { html, sha256 } = readVerifier();
  expect(JSON.parse((await run('--json')).printed)).toEqual({ ok: true, bytes: html.length, sha256 });
});

it('takes no argument', async () => {
  await expect(async () => run('PACK')).rejects.toThrow(UsageError);
});
