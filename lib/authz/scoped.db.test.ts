import { accessibleBy } from '@casl/prisma/runtime';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient, openPool } from '@/lib/db/client';
import { PrismaClient } from '@/lib/db/generated/client';
import { startCluster, type TestCluster } from '@/test/support/database';
import { addOrganisation, addPerson, addProject } from '@/test/support/world';
import { abilityFor } from './abilities';
import type { Principal } from './principal';
import { scoped } from './scoped';

/**
 * Prisma drops an empty OR inside AND, and CASL says "nothing" with an empty OR: together they return everything. Two rows, past row policies
 * (as a superuser), so that only the filter stands between the caller and the rows.
 */
let cluster: TestCluster;
let raw: PrismaClient;
let extended: ReturnType<typeof openClient>;
let pool: ReturnType<typeof openPool>;
let organisation: string;

beforeAll(async () => {
  cluster = await startCluster();
  const db = await cluster.database();
  organisation = await addOrganisation(db, await addPerson(db, 'customer'));
  await addProject(db, organisation);
  await addProject(db, organisation);
  pool = openPool(db.url.installer, { name: 'test' });
  raw = new PrismaClient({ adapter: new PrismaPg(pool) });
  extended = openClient(pool);
});
afterAll(async () => {
  await raw?.$disconnect();
  await extended?.$disconnect();
  await pool?.end();
  await cluster?.stop();
});

const member = (role: 'owner' | 'auditor'): Principal => ({
  kind: 'member',
  userId: 'usr_1',
  sessionId: 'ses_1',
  organisationId: organisation,
  role,
  secret: 's',
});
const nobody = (): Principal => ({ kind: 'staff', userId: 'usr_1', sessionId: 'ses_1', role: 'support', secret: 's' });
const count = async (client: { project: { findMany(args: { where: object }): Promise<unknown[]> } }, where: object) =>
  (await client.project.findMany({ where })).length;

describe('the trap, as it is upstream', () => {
  it('says nothing with an empty OR', () => {
    expect(accessibleBy(abilityFor(nobody()), 'read').ofType('Project')).toEqual({ OR: [] });
  });

  it.each([
    ['{OR:[]}', { OR: [] }, 0],
    ['{AND:[{OR:[]}]}', { AND: [{ OR: [] }] }, 2],
    ['{AND:{OR:[]}}', { AND: { OR: [] } }, 2],
    ['{AND:[{OR:[]},{fenceVersion:1}]}', { AND: [{ OR: [] }, { fenceVersion: 1 }] }, 2],
    ['{NOT:{OR:[]}}', { NOT: { OR: [] } }, 2],
    ['{fenceVersion:1,OR:[]}', { fenceVersion: 1, OR: [] }, 0],
    ['{AND:[{id:{in:[]}},{fenceVersion:1}]}', { AND: [{ id: { in: [] } }, { fenceVersion: 1 }] }, 0],
  ])('%s returns what it returns', async (_, where, rows) => {
    expect(await count(raw, where)).toBe(rows);
  });
});

describe('our two guards', () => {
  it('the extension keeps an empty OR inside AND a refusal', async () => {
    expect(await count(extended as never, { AND: [{ OR: [] }, { fenceVersion: 1 }] })).toBe(0);
    expect(await count(extended as never, { AND: [{ OR: [] }] })).toBe(0);
  });

  it('scoped() refuses without it, however it is combined', async () => {
    const nothing = scoped(nobody(), 'Project', 'read');
    expect(nothing).toEqual({ id: { in: [] } });
    for (const where of [nothing, { AND: [nothing] }, { AND: nothing }, { AND: [nothing, { fenceVersion: 1 }] }])
      expect(await count(raw, where)).toBe(0);
    expect(scoped(nobody(), 'Decision', 'read')).toEqual({ edgeName: { in: [] } });
  });

  it('scoped() gives the rows of the organisation to whom may see them', async () => {
    expect(await count(raw, { AND: [scoped(member('auditor'), 'Project', 'read'), { fenceVersion: 1 }] })).toBe(2);
    expect(await count(raw, scoped(member('auditor'), 'Project', 'change-fence'))).toBe(0);
    expect(
      await count(raw, scoped({ ...member('owner'), organisationId: 'org_other' } as Principal, 'Project', 'read')),
    ).toBe(0);
  });
});
