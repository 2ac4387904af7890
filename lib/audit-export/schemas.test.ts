import { readFileSync } from 'node:fs';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { outcome } from '@/test/attacks/identity-world';
import { checkRecipients } from './recipients';
import { exportName, requestExport } from './schemas';

const asked = (recipients: string) => requestExport.safeParse({ format: 'ndjson', recipients });
const keys = async (count: number) =>
  Promise.all(Array.from({ length: count }, async () => identityToRecipient(await generateX25519Identity())));

describe('recipients', () => {
  it('are up to eight public keys, each once, however they are set apart; none is no encryption', async () => {
    const eight = await keys(8);
    expect(asked(`\n ${eight.join(', \r\n')} ${eight[0]} `).data?.recipients).toEqual(eight);
    expect(asked('').data?.recipients).toEqual([]);
    expect(requestExport.safeParse({ format: 'csv' }).data?.recipients).toBeUndefined();
    expect(asked((await keys(9)).join(' ')).success).toBe(false);
  });

  it('are nothing else than that', async () => {
    const [good] = await keys(1);
    for (const hostile of [
      'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t',
      `age1pq1${'q'.repeat(1900)}`,
      'age1tag1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN',
      'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX',
      good!.toUpperCase(),
      `${good}/../../etc/passwd`,
      `${good!.slice(0, -1)}`,
      `-p ${good}`,
      '$(id)',
      'passphrase',
      'age1',
      `${good} `.repeat(10_000),
    ])
      expect(asked(hostile).success, hostile.slice(0, 80)).toBe(false);
  });

  it('whose checksum is wrong, or to which nothing can be encrypted, are found when they are asked for', async () => {
    const [good] = await keys(1);
    expect(await outcome(checkRecipients([good!]))).toBe('in');
    const last = good!.endsWith('q') ? 'p' : 'q';
    expect(await outcome(checkRecipients([`${good!.slice(0, -1)}${last}`]))).toBe('export.recipient');
    // The point of order one: anybody knows what is agreed on with it.
    const { bech32 } = await import('@scure/base');
    const zero = bech32.encodeFromBytes('age', new Uint8Array(32));
    expect(asked(zero).success).toBe(true);
    expect(await outcome(checkRecipients([zero]))).toBe('export.recipient');
  });
});

it('names a file after what is in it, and around it', () => {
  expect(exportName('exp_1', { format: 'pack', encrypted: true })).toBe('exp_1.cordon-pack.tar.gz.age');
  expect(exportName('exp_1', { format: 'ocsf', encrypted: false })).toBe('exp_1.ocsf.ndjson');
});

it('says the same of keys as the database does', () => {
  const sql = readFileSync('prisma/migrations/0024_export_formats/migration.sql', 'utf8');
  expect(sql).toContain("'^age1[02-9ac-hj-np-z]{58}( age1[02-9ac-hj-np-z]{58})*$'");
});
