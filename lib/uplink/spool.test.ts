import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Spool, type SpoolLimits } from './spool';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cordon-spool-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const open = (bootId: string, limits: Partial<SpoolLimits> = {}) =>
  Spool.open<ReturnType<typeof meter>>(home, bootId, () => undefined, limits);
const meter = (channel: string) => ({
  kind: 'meter',
  at: 0,
  appId: 'a',
  channel,
  participantSeconds: 0,
  packetsIn: 0,
  packetsOut: 0,
});

/** Reads everything as control would, confirming each batch. */
async function drain(spool: Spool<ReturnType<typeof meter>>): Promise<string[]> {
  const read: string[] = [];
  for (;;) {
    const batch = await spool.next();
    if (!batch) return read;
    const records = Buffer.from(batch.payload)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map(({ n }) => n)).toEqual(records.map((_, i) => batch.first + i));
    expect(records.at(-1).n).toBe(batch.last);
    read.push(...records.map(({ n, channel }) => `${batch.bootId}:${n}:${channel}`));
    spool.received(batch.bootId, batch.last);
  }
}

describe('the spool', () => {
  it('hands records out in order, in batches, and deletes what is confirmed', async () => {
    const spool = await open('b1', { batchRecords: 3, segmentBytes: 400 });
    for (let i = 1; i <= 20; i++) {
      spool.append(meter(`ü${i}`));
      if (i % 5 === 0) spool.flush();
    }
    expect(await drain(spool)).toEqual(Array.from({ length: 20 }, (_, i) => `b1:${i + 1}:ü${i + 1}`));
    expect(spool.depth).toBe(0);
    expect(readdirSync(join(home, 'spool'))).toHaveLength(1);
    spool.append(meter('again'));
    spool.flush();
    expect(await drain(spool)).toEqual(['b1:21:again']);
    spool.stop();
  });

  it('gives the same batch again until it is confirmed, and ignores confirmations of something else', async () => {
    const spool = await open('b1', { batchRecords: 2 });
    for (const name of ['a', 'b', 'c']) spool.append(meter(name));
    spool.flush();
    const first = await spool.next();
    expect(await spool.next()).toEqual(first);
    spool.received('b0', 2);
    spool.received('b1', 1);
    expect(await spool.next()).toEqual(first);
    spool.received('b1', 2);
    expect(await spool.next()).toMatchObject({ first: 3, last: 3 });
    spool.stop();
  });

  it('sends former boots first, without the line that was being written', async () => {
    const before = await open('b1', { segmentBytes: 150 });
    for (const name of ['a', 'b', 'c']) {
      before.append(meter(name));
      before.flush();
    }
    before.stop();
    const last = readdirSync(join(home, 'spool')).sort().at(-1)!;
    appendFileSync(join(home, 'spool', last), '{"n":4,"kind":"me');
    const after = await open('b2');
    after.append(meter('d'));
    after.flush();
    expect(await drain(after)).toEqual(['b1:1:a', 'b1:2:b', 'b1:3:c', 'b2:1:d']);
    expect(readdirSync(join(home, 'spool'))).toEqual(['b2.000000000001']);
    after.stop();
  });

  it('is bounded, counts what it drops, and goes on when there is room', async () => {
    const spool = await open('b1', { maxBytes: 1000 });
    for (let i = 0; i < 50; i++) spool.append(meter(String(i)));
    spool.flush();
    const kept = await drain(spool);
    expect(kept.length + spool.dropped).toBe(50);
    expect(spool.dropped).toBeGreaterThan(30);
    spool.append(meter('later'));
    spool.append(meter('x'.repeat(10_000)));
    spool.flush();
    expect(await drain(spool)).toEqual([`b1:${kept.length + 1}:later`]);
    expect(50 - kept.length + 1).toBe(spool.dropped);
    spool.stop();
  });
});
