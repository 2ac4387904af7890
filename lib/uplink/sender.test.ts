import { describe, expect, it } from 'vitest';
import { Sender } from './sender';
import type { Batch } from './spool';

/** A spool whose reads end when the test says so, as those of a slow disk do. */
function slowSpool() {
  const reads: ((batch: Batch | null | Error) => void)[] = [];
  const confirmed: [string, number][] = [];
  return {
    onRecords: (): void => undefined,
    next: () =>
      new Promise<Batch | null>((resolve, reject) =>
        reads.push((batch) => (batch instanceof Error ? reject(batch) : resolve(batch))),
      ),
    received: (boot: string, last: number) => void confirmed.push([boot, last]),
    reads,
    confirmed,
  };
}

const batch = (first: number, last: number): Batch => ({
  ...{ bootId: 'b1', first, last },
  payload: Buffer.from(`${first}-${last}`),
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

function begin(over: { ready?: () => boolean; fill?: (batch: Batch) => Promise<Uint8Array> } = {}) {
  const spool = slowSpool();
  const sent: string[] = [];
  const faults: unknown[] = [];
  const sender = new Sender({
    ...{ spool, ready: () => true, ...over },
    send: ({ payload }) => void sent.push(Buffer.from(payload).toString()),
    log: (_level, msg) => void faults.push(msg),
  });
  const read = async (answer: Batch | null | Error) => {
    spool.reads.shift()!(answer);
    await settled();
  };
  return { spool, sender, sent, faults, read };
}

describe('what sends a spool', () => {
  it('looks again for a record that came while the spool was read', async () => {
    const { spool, sender, sent, read } = begin();
    sender.connected();
    spool.onRecords();
    await read(null);
    expect(spool.reads).toHaveLength(1);
    await read(batch(1, 1));
    expect(sent).toEqual(['1-1']);
    expect(spool.reads).toHaveLength(0);
  });

  it('sends one batch at a time, and the next once that is committed', async () => {
    const { spool, sender, sent, read } = begin();
    sender.connected();
    await read(batch(1, 2));
    spool.onRecords();
    expect(spool.reads).toHaveLength(0);
    expect(sender.received('b0', 2)).toBeNull();
    expect(sender.received('b1', 1)).toBeNull();
    expect(sender.received('b1', Number.NaN)).toBeNull();
    expect(spool.confirmed).toEqual([]);
    expect(sender.received('b1', 2)).toMatchObject({ first: 1, last: 2 });
    expect(sender.received('b1', 2)).toBeNull();
    await read(batch(3, 3));
    expect(sent).toEqual(['1-2', '3-3']);
    expect(spool.confirmed).toEqual([['b1', 2]]);
  });

  it('sends the same again on a new connection', async () => {
    const { sender, sent, read } = begin();
    sender.connected();
    await read(batch(1, 2));
    sender.connected();
    await read(batch(1, 2));
    expect(sent).toEqual(['1-2', '1-2']);
  });

  it('sends nothing that was read for a connection that is gone, and all of it on the next', async () => {
    let open = true;
    const { sender, sent, read } = begin({ ready: () => open });
    sender.connected();
    open = false;
    await read(batch(1, 1));
    expect(sent).toEqual([]);
    open = true;
    sender.connected();
    await read(batch(1, 1));
    expect(sent).toEqual(['1-1']);
  });

  it('goes on after a disk that refused', async () => {
    const { spool, sender, sent, faults, read } = begin();
    sender.connected();
    await read(new Error('EIO'));
    expect(faults).toEqual(['spool.read']);
    spool.onRecords();
    await read(batch(1, 1));
    expect(sent).toEqual(['1-1']);
  });

  it('sends what stands for a batch', async () => {
    const { sender, sent, read } = begin({ fill: async ({ first }) => Buffer.from(`filled ${first}`) });
    sender.connected();
    await read(batch(1, 1));
    expect(sent).toEqual(['filled 1']);
    expect(Buffer.from(sender.received('b1', 1)!.payload).toString()).toBe('1-1');
  });
});
