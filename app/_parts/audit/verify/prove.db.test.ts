import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatVkey, parseNote } from '@/lib/kernel/log';
import { openWorld, type World } from '@/test/contract/world';
import { signerOf } from '@/test/foreign/world';
import { type Asked, provePage, type ShownRow } from './prove';

let world: World;
let transparency: typeof import('@/lib/transparency');
let asked: Omit<Asked, 'rows' | 'known'>;
let rows: ShownRow[];

beforeAll(async () => {
  world = await openWorld();
  transparency = await import('@/lib/transparency');
  const { createProject, renameProject } = await import('@/lib/projects');
  const { project } = await createProject(world.owner, {
    name: 'One',
    environment: 'development',
    fence: ['EU', 'NA'],
  });
  for (let i = 0; i < 6; i++) await renameProject(world.owner, project.id, { name: `Name ${i}` });
  await world.sequence();
  const { readAuditLog } = await import('@/lib/audit-log');
  rows = (await readAuditLog(world.owner, { project: project.id })).events;
  const { vkeys } = await transparency.operatorLog();
  const published = () => transparency.readCheckpoint({ kind: 'anybody' });
  asked = { origin: `localhost:3000/audit/${world.owner.organisationId}`, vkeys, get, published };
});
afterAll(() => world?.stop());

/** The routes of the log, as the owner asks them. */
async function get(path: string): Promise<Uint8Array> {
  if (path === 'checkpoint') return transparency.readCheckpoint(world.owner);
  if (path.startsWith('tile/')) return transparency.readTile(world.owner, path);
  const ids = path.slice(path.indexOf('/') + 1).split(',');
  return new TextEncoder().encode(await transparency.readOpenings(world.owner, ids));
}

const prove = async (over: Partial<Asked> = {}) => {
  const result = await provePage({ ...asked, rows, known: null, ...over });
  if (!result.ok) throw new Error(result.why);
  return result;
};
const states = async (over: Partial<Asked>) =>
  (await prove(over)).rows.map((row) => ('why' in row ? row.why : row.state));
const instead = (path: RegExp, change: (bytes: Uint8Array) => Uint8Array) => async (asked: string) => {
  const bytes = await get(asked);
  return path.test(asked) ? change(bytes) : bytes;
};
const edited = (from: string | RegExp, to: string) => (bytes: Uint8Array) =>
  new TextEncoder().encode(new TextDecoder().decode(bytes).replace(from, to));

describe('a page that verifies itself', () => {
  it('proves every row, and remembers key and checkpoint', async () => {
    const first = await prove();
    expect(first.rows.map(({ state }) => state)).toEqual(rows.map(() => 'proven'));
    expect(first.keys).toBe('new');
    expect(await prove({ known: first.known })).toMatchObject({ keys: 'same', size: first.size });
  });

  it('names the row whose words are not the log’s', async () => {
    const [first, ...rest] = rows;
    for (const [changed, why] of [
      [{ ...first!, at: '2020-01-01T00:00:00.000Z' }, 'the page shows another time'],
      [{ ...first!, actor: { ...first!.actor, pseudonym: 'act_x' } }, 'the page shows another actor'],
      [{ ...first!, outcome: 'refused' }, 'the page shows another outcome'],
      [
        {
          ...first!,
          fields: first!.fields.map((field) => (field.name === 'after' ? { ...field, value: 'Else' } : field)),
        },
        'the page shows another value of after',
      ],
    ] as const)
      expect(await states({ rows: [changed, ...rest] })).toEqual([why, ...rest.map(() => 'proven')]);
    const made = rows.at(-1)!;
    const fewer = { ...made, fields: made.fields.filter(({ name }) => name !== 'fence') };
    expect(await states({ rows: [fewer] })).toEqual(['the page shows another value of fence']);
  });

  it('believes neither records nor tiles that do not lead to the checkpoint', async () => {
    const forged = await states({ get: instead(/^openings/, edited('project.renamed@1', 'project.created@1')) });
    expect(forged.filter((state) => state === 'the log does not hold it at its place')).toHaveLength(1);
    const flipped = instead(/^tile\/0\//, (bytes) => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte)));
    // The leaf that is wrong in the tile is known better from its own record.
    const left = (await states({ get: flipped })).filter((state) => state === 'proven');
    expect(left.length).toBeLessThanOrEqual(1);
    expect(await states({ get: instead(/^openings/, () => new Uint8Array()) })).toEqual(rows.map(() => 'waiting'));
  });

  it('believes no checkpoint of another key or log, and no key that is named later and signs for this reader alone', async () => {
    const { known } = await prove();
    const other = instead(/^checkpoint/, edited(/\n\n/, '\nx\n\n'));
    expect(await provePage({ ...asked, rows, known: null, get: other })).toMatchObject({ ok: false });
    expect(await provePage({ ...asked, rows, known: null, origin: 'localhost:3000/audit/org_other' })).toMatchObject({
      ok: false,
    });
    const stranger = asked.vkeys[0]!.replace(/[^+]*$/, (key) => key.split('').reverse().join(''));
    const before = { ...known, vkeys: [stranger] };
    expect(await provePage({ ...asked, rows, known: before, vkeys: [stranger] })).toMatchObject({ ok: false });
    expect(await provePage({ ...asked, rows, known: before, published: () => get('checkpoint') })).toMatchObject({
      ok: false,
    });
  });

  it('says of a new key that it is new, when everybody is shown it and the log goes on', async () => {
    const { known } = await prove();
    const former = formatVkey(signerOf('localhost:3000/audit', 9).key);
    const changed = await prove({ known: { ...known, vkeys: [former] } });
    expect([changed.keys, changed.known.vkeys]).toEqual(['changed', asked.vkeys]);
    expect(changed.rows.map(({ state }) => state)).toEqual(rows.map(() => 'proven'));
    expect((await prove({ known: changed.known })).keys).toBe('same');
    const root = `${known.root.startsWith('A') ? 'B' : 'A'}${known.root.slice(1)}`;
    expect(await provePage({ ...asked, rows, known: { ...known, root, vkeys: [former] } })).toMatchObject({
      ok: false,
      why: expect.stringContaining('its past was changed'),
    });
  });

  it('notices a log that was cut off or written anew since this browser saw it', async () => {
    const { known, size } = await prove();
    expect(await provePage({ ...asked, rows, known: { ...known, size: size + 1 } })).toMatchObject({ ok: false });
    const root = `${known.root.startsWith('A') ? 'B' : 'A'}${known.root.slice(1)}`;
    for (const at of [size, size - 2])
      expect(await provePage({ ...asked, rows, known: { ...known, size: at, root } })).toMatchObject({ ok: false });
    // It has grown, and goes on from there.
    const { readAuditLog } = await import('@/lib/audit-log');
    await readAuditLog(world.owner, {});
    await world.sequence();
    expect((await prove({ known })).size).toBeGreaterThan(size);
    expect(parseNote(await transparency.readCheckpoint(world.owner))).not.toBeNull();
  });

  it('proves a page of the provider’s log to staff', async () => {
    const { readProviderLog } = await import('@/lib/audit-log');
    await readProviderLog(world.staff.secret, {});
    await world.sequence();
    const { events } = await readProviderLog(world.staff.secret, {});
    const staff = { kind: 'staff', secret: world.staff.secret } as const;
    const read = async (path: string): Promise<Uint8Array> => {
      if (path === 'checkpoint') return transparency.readCheckpoint(staff);
      if (path.startsWith('tile/')) return transparency.readTile(staff, path);
      const ids = path.slice(path.indexOf('/') + 1).split(',');
      return new TextEncoder().encode(await transparency.readProviderOpenings(staff.secret, ids));
    };
    const result = await prove({ origin: 'localhost:3000/audit/provider', rows: events, get: read });
    expect(result.rows.filter(({ state }) => state !== 'waiting')).toEqual(
      events.map(({ id }) => expect.objectContaining({ id, state: 'proven' })),
    );
    expect(
      await transparency.readProviderOpenings(
        staff.secret,
        rows.map(({ id }) => id),
      ),
    ).toBe('');
    const { events: after } = await readProviderLog(world.staff.secret, { event: 'audit.read' });
    expect(after[0]!.fields).toContainEqual(expect.objectContaining({ name: 'filters', value: '["openings"]' }));
  });

  it('gives openings of one’s own log only', async () => {
    const ids = rows.map(({ id }) => id);
    expect(await transparency.readOpenings(world.stranger, ids)).toBe('');
    await expect(transparency.readOpenings(world.owner, [])).rejects.toMatchObject({ code: 'openings.ids' });
    await expect(transparency.readOpenings(world.developer, ids)).rejects.toMatchObject({ code: 'authz.forbidden' });
  });
});
