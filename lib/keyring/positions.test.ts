import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REGIONS } from '@/lib/kernel/region';
import { Positions } from './positions';
import { temporaryHome } from './test-support';

let home: string;
let positions: Positions;
const hash = (n: number) => n.toString(16).padStart(64, '0');
const reopen = async () => {
  await positions.close();
  positions = await Positions.open(home);
};

beforeEach(async () => {
  home = await temporaryHome();
  positions = await Positions.open(home);
});
afterEach(async () => {
  await positions.close();
  await rm(home, { recursive: true });
});

describe('positions', () => {
  it('survive a restart', async () => {
    await positions.snapshot('EU', 1, 3, hash(1));
    await positions.snapshot('EU', 1, 3, hash(2));
    await positions.delta('EU', { epoch: 1, seq: 3, hash: hash(1) }, 1, 4, hash(3));
    await reopen();
    expect(positions.head('EU')).toEqual({ epoch: 1, seq: 4, hashes: [hash(3)], base: { seq: 3, hash: hash(1) } });
    expect(positions.head('NA')).toBeNull();
    await expect(async () => positions.snapshot('EU', 1, 3, hash(4))).rejects.toMatchObject({
      code: 'policy.backwards',
    });
  });

  it('are on disk before the call resolves, also when many wait together', async () => {
    await Promise.all(REGIONS.map((region, i) => positions.snapshot(region, 1, 7, hash(i))));
    const onDisk = await Positions.open(home);
    expect(REGIONS.map((region) => onDisk.head(region)?.hashes)).toEqual(REGIONS.map((_, i) => [hash(i)]));
    await onDisk.close();
  });

  it('forget a line cut short by a kill, and go on', async () => {
    await positions.snapshot('EU', 1, 3, hash(1));
    await appendFile(join(home, 'positions.log'), '{"region":"EU","head":{"ep');
    await reopen();
    expect(positions.head('EU')?.seq).toBe(3);
    await positions.snapshot('EU', 1, 4, hash(2));
    await reopen();
    expect(positions.head('EU')?.seq).toBe(4);
  });

  it('refuse to open when damaged in the middle', async () => {
    await writeFile(
      join(home, 'positions.log'),
      'rubbish\n{"region":"EU","head":{"epoch":1,"seq":1,"hashes":[],"base":null}}\n',
    );
    await expect(Positions.open(home)).rejects.toThrow('damaged at line 1');
  });

  it('are compacted at the start', async () => {
    for (let seq = 1; seq <= 50; seq += 1) await positions.snapshot('EU', 1, seq, hash(seq));
    await reopen();
    expect((await readFile(join(home, 'positions.log'), 'utf8')).split('\n')).toHaveLength(2);
  });

  it('raise the epoch one at a time, with a snapshot only', async () => {
    await positions.snapshot('EU', 1, 9, hash(1));
    await expect(async () => positions.snapshot('EU', 3, 1, hash(2))).rejects.toMatchObject({ code: 'policy.jump' });
    await positions.snapshot('EU', 2, 1, hash(2));
    await expect(async () => positions.snapshot('EU', 1, 10, hash(3))).rejects.toMatchObject({
      code: 'policy.backwards',
    });
  });
});
