import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/platform';
import { openWorld, type World } from '@/test/contract/world';
import { banEdge, expectEdge, fleetState, listEdges, renewJoin, setDraining, staffFleet } from '.';

let world: World;
let support: string;

interface EdgeRow {
  joinHash: Uint8Array | null;
  joinExpiresAt: Date | null;
  bannedAt: Date | null;
  drainingAt: Date | null;
  region: string;
}

beforeAll(async () => {
  world = await openWorld();
  support = await staffSession('support');
});
afterAll(() => world?.stop());

/** A member of staff who has signed in with a passkey. */
async function staffSession(role: string): Promise<string> {
  const [id, secret] = [newId('usr'), newId('ses')];
  await world.sql(
    `insert into "User" ("id", "realm", "email", "name", "passwordHash", "staffRole")
     values ($1, 'staff', $1 || '@provider.example', $1, 'no password', $2::"StaffRole")`,
    [id, role],
  );
  await world.sql(
    `insert into "Session" ("id", "secretHash", "userId", "realm", "aal", "raisedBy", "expiresAt", "addressPrefix", "userAgent")
     values ($1, $2, $3, 'staff', 2, 'passkey', now() + interval '1 hour', '', '')`,
    [newId('ses'), createHash('sha256').update(secret).digest(), id],
  );
  return secret;
}
const rowOf = async (name: string) => (await world.sql<EdgeRow>('select * from "Edge" where name = $1', [name]))[0];

/** As if the administrator had just confirmed what this asks for. */
async function confirmed<T>(act: () => Promise<T>): Promise<T> {
  await world.confirm(world.staff, await world.asked(act));
  return act();
}
const lastEvent = async () =>
  JSON.parse(
    (
      await world.sql<{ header: string }>(
        `select convert_from("header", 'UTF8') as header from "AuditEvent" where "objectType" = 'edge' order by "at" desc limit 1`,
      )
    )[0]!.header,
  ) as { schema: string; objectId: string; details: object };

describe('an administrator of the provider', () => {
  it('expects an edge once the act is confirmed, and gets a token of which only a hash is kept', async () => {
    const asked = { name: 'eu-1', region: 'EU' } as const;
    const expecting = () => expectEdge(world.staff.secret, asked);
    expect(await world.asked(expecting)).toMatchObject({
      action: 'edge.enrol',
      object: 'eu-1',
      terms: [
        ['Edge', 'eu-1'],
        ['Region', 'EU Europe'],
        ['What follows', expect.any(String)],
      ],
    });
    expect(await rowOf('eu-1')).toBeUndefined();

    const ticket = await confirmed(expecting);
    expect(ticket.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    const row = (await rowOf('eu-1'))!;
    expect(Buffer.from(row.joinHash!).toString('hex')).toBe(createHash('sha256').update(ticket.token).digest('hex'));
    expect(row.joinExpiresAt!.getTime() - Date.now()).toBeLessThanOrEqual(600_000);
    expect(await lastEvent()).toMatchObject({ schema: 'edge.expected@1', objectId: 'eu-1', details: { region: 'EU' } });
    expect((await fleetState(world.staff.secret)).counts).toEqual({ enrolled: 1 });

    await expect(expecting()).rejects.toMatchObject({ code: 'edge.name_taken' });
    const again = await confirmed(() => renewJoin(world.staff.secret, 'eu-1'));
    expect(again).toMatchObject({ name: 'eu-1', region: 'EU' });
    expect(again.token).not.toBe(ticket.token);
  });

  it('drains an edge and takes that back', async () => {
    await world.edge('na-1', 'NA');
    await setDraining(world.staff.secret, 'na-1', true);
    expect((await staffFleet(world.staff.secret)).find(({ name }) => name === 'na-1')).toMatchObject({
      state: 'draining',
    });
    expect(await lastEvent()).toMatchObject({ schema: 'edge.draining@1', details: { draining: true } });
    await setDraining(world.staff.secret, 'na-1', false);
    expect((await rowOf('na-1'))!.drainingAt).toBeNull();
  });

  it('bans an edge for good, join token included', async () => {
    await world.edge('as-1', 'AS');
    const ban = { name: 'as-1', confirm: 'as-1', reason: 'lost machine' };
    const banning = () => banEdge(world.staff.secret, ban);
    expect((await world.asked(banning)).terms).toEqual([
      ['Edge', 'as-1'],
      ['Region', 'AS Asia (without mainland China, Japan, India)'],
      ['Address', 'http://localhost/as-1'],
      ['What follows', 'It is cut off from control and from other edges, for good under this name'],
      ['Reason', 'lost machine'],
    ]);
    await confirmed(banning);
    expect(await rowOf('as-1')).toMatchObject({ joinHash: null, bannedAt: expect.any(Date) });
    expect(await lastEvent()).toMatchObject({ schema: 'edge.banned@1', objectId: 'as-1' });
    expect((await listEdges(world.owner)).find(({ name }) => name === 'as-1')).toMatchObject({ state: 'banned' });
    await expect(renewJoin(world.staff.secret, 'as-1')).rejects.toMatchObject({ code: 'edge.banned' });
    await expect(setDraining(world.staff.secret, 'as-1', true)).rejects.toMatchObject({ code: 'edge.banned' });
  });
});

describe('an edge whose address nobody can read', () => {
  it('can be banned all the same', async () => {
    await world.edge('in-1', 'IN');
    await world.sql(`update "Edge" set "url" = repeat(chr(7), 512) where name = 'in-1'`);
    const banning = () => banEdge(world.staff.secret, { name: 'in-1', confirm: 'in-1', reason: '' });
    expect((await world.asked(banning)).terms).toContainEqual(['Address', 'not readable']);
    await confirmed(banning);
    expect(await rowOf('in-1')).toMatchObject({ bannedAt: expect.any(Date) });
  });
});

describe('everybody else', () => {
  it('sees the fleet as staff, and changes nothing', async () => {
    expect((await staffFleet(support)).length).toBeGreaterThan(0);
    await expect(setDraining(support, 'na-1', true)).rejects.toMatchObject({ code: 'edge.role' });
    await expect(expectEdge(support, { name: 'jp-1', region: 'JP' })).rejects.toMatchObject({ code: 'edge.role' });
    await expect(setDraining(world.owner.secret, 'na-1', true)).rejects.toMatchObject({ code: 'session.invalid' });
    await expect(fleetState(world.owner.secret)).rejects.toMatchObject({ code: 'session.invalid' });
    expect(await rowOf('jp-1')).toBeUndefined();
  });
});
