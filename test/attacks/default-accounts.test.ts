import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster, type TestDatabase } from '../support/database';
import { query } from '../support/world';

/**
 * Somebody knows the product: from its documentation, its demo, or an installation of their own. They try the accounts, keys and links that
 * every installation might come with.
 */
let cluster: TestCluster;
let db: TestDatabase;
beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
});
afterAll(() => cluster?.stop());

describe('somebody who knows the product', () => {
  it('finds nobody in a new installation', async () => {
    const tables = [
      'User',
      'Membership',
      'Organisation',
      'Session',
      'TotpFactor',
      'Passkey',
      'RecoveryCode',
      'Invitation',
      'ApiKey',
      'Edge',
    ];
    for (const table of tables)
      expect([table, await query(db.url.installer, `select * from "${table}"`)]).toEqual([table, []]);
  });

  it('finds no set-up link either, before somebody on the machine has made one', async () => {
    expect(await query(db.url.installer, 'select * from cordon.setup')).toEqual([]);
  });
});
