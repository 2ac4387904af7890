import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '@/lib/kernel/bundle/frames';
import type { Position } from '@/lib/kernel/bundle/messages';
import { Bundle } from '@/media-plane/policy/bundle';
import { Disk } from '@/media-plane/policy/disk';
import { APP, bytesOf, fence, staleness, TestSigner } from './push-signer';

let home: string;
let disk: Disk;
let bundle: Bundle;
let signer: TestSigner;
let logged: string[];

async function open(): Promise<void> {
  const opened = await Disk.open(home);
  disk = opened.disk;
  bundle = new Bundle(
    'EU',
    () => signer.keys,
    disk,
    (_level, msg) => void logged.push(msg),
  );
  await bundle.load(opened.stored);
}
async function restart(): Promise<void> {
  await disk.close();
  await open();
}
const log = () => join(home, 'policy', 'log');

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'cordon-fault-'));
  signer = new TestSigner('policy key');
  logged = [];
  await open();
});
afterEach(async () => {
  await disk.close();
  rmSync(home, { recursive: true, force: true });
});

/** Snapshot at 10, deltas at 11 and 12; answers the frames. */
async function started(): Promise<{ snapshot: Frame; first: Frame; second: Frame; position: Position }> {
  const snapshot = signer.snapshot(10, [fence(['EU']), staleness(100)]);
  const first = signer.delta(snapshot.position, 11, [staleness(200, 11)]);
  const second = signer.delta(first.position, 12, [staleness(300, 12)]);
  for (const frame of [snapshot.frame]) expect(await bundle.takeSnapshot(frame)).toMatchObject({ ok: true });
  for (const frame of [first.frame, second.frame]) expect(await bundle.takeDelta(frame)).toMatchObject({ ok: true });
  return { snapshot: snapshot.frame, first: first.frame, second: second.frame, position: second.position };
}
const seconds = () => bundle.state.index.app(APP)?.staleness?.joinSeconds;

describe('a frame that does not hold changes nothing', () => {
  it('one flipped bit anywhere in payload or signature', async () => {
    const { position } = await started();
    const next = signer.delta(position, 13, [staleness(999)]).frame;
    for (let at = 0; at < next.payload.length; at += 7) {
      const payload = Uint8Array.from(next.payload);
      payload[at]! ^= 1;
      expect(await bundle.takeDelta({ ...next, payload })).toMatchObject({ ok: false, code: 'signature' });
    }
    const [signature] = next.header.signatures as { keyId: string; value: string }[];
    const value = Buffer.from(signature!.value, 'base64');
    value[5]! ^= 1;
    const header = { ...next.header, signatures: [{ ...signature, value: value.toString('base64') }] };
    expect(await bundle.takeDelta({ ...next, header })).toMatchObject({ ok: false, code: 'signature' });
    expect(bundle.state.position).toEqual(position);
    expect(seconds()).toBe(300);
  });

  it('another key, no signature, and a signature made for another type or region', async () => {
    const { position } = await started();
    const stranger = new TestSigner('other key');
    expect(await bundle.takeDelta(stranger.delta(position, 13, []).frame)).toMatchObject({ code: 'signature' });
    const good = signer.delta(position, 13, []).frame;
    for (const signatures of [undefined, [], [null], [{}], 'x', [{ keyId: '__proto__', value: '' }]])
      expect(await bundle.takeDelta({ ...good, header: { ...good.header, signatures } })).toMatchObject({
        code: 'signature',
      });
    expect(await bundle.takeSnapshot({ ...good, header: { ...good.header, type: 'Snapshot' } })).toMatchObject({
      code: 'signature',
    });
    const japan = new TestSigner('policy key', 'JP');
    expect(await bundle.takeDelta(japan.delta(position, 13, []).frame)).toMatchObject({ code: 'signature' });
    const relabelled = signer.frame('Delta', { ...JSON.parse(Buffer.from(good.payload).toString()), region: 'JP' });
    expect(await bundle.takeDelta(relabelled)).toMatchObject({ code: 'scope' });
  });

  it('a replayed step, an older snapshot, another epoch', async () => {
    const { snapshot, first, second } = await started();
    for (const frame of [first, second]) expect(await bundle.takeDelta(frame)).toMatchObject({ code: 'replay' });
    expect(await bundle.takeSnapshot(snapshot)).toMatchObject({ code: 'replay' });
    for (const epoch of [0, 2, 1_000_000])
      expect(await bundle.takeSnapshot(signer.snapshot(2_000_000_000, [], epoch).frame)).toMatchObject({
        code: 'replay',
      });
    expect(seconds()).toBe(300);
  });

  it('steps out of order, until the missing one or a snapshot arrives', async () => {
    const { position } = await started();
    const next = signer.delta(position, 13, [staleness(400, 13)]);
    const after = signer.delta(next.position, 14, [staleness(500, 14)]);
    expect(await bundle.takeDelta(after.frame)).toMatchObject({ code: 'base_mismatch' });
    expect(await bundle.takeDelta(next.frame)).toMatchObject({ ok: true });
    expect(await bundle.takeDelta(after.frame)).toMatchObject({ ok: true });
    const forked = signer.delta({ ...after.position, hash: 'ab'.repeat(32) }, 15, []);
    expect(await bundle.takeDelta(forked.frame)).toMatchObject({ code: 'base_mismatch' });
    expect(await bundle.takeSnapshot(signer.snapshot(20, [fence(['EU']), staleness(600)]).frame)).toMatchObject({
      ok: true,
    });
    expect(seconds()).toBe(600);
  });

  it('signed nonsense: unknown kind, unknown field, a dry run, no lists', async () => {
    const { position } = await started();
    for (const put of [
      [{ kind: 'quota', id: 'x', version: 1 }],
      [{ ...staleness(1), extra: 1 }],
      [null],
      'all',
      undefined,
    ])
      expect(await bundle.takeDelta(signer.frame('Delta', body(position, 13, put)))).toMatchObject({ code: 'schema' });
    expect(await bundle.takeDelta(signer.frame('Delta', { ...body(position, 13, []), del: ['x'] }))).toMatchObject({
      code: 'schema',
    });
    expect(await bundle.takeDelta(signer.frame('Delta', null))).toMatchObject({ code: 'schema' });
    const shadow = signer.delta(position, 13, []).frame;
    expect(await bundle.takeDelta({ ...shadow, header: { ...shadow.header, mode: 'shadow' } })).toMatchObject({
      code: 'schema',
    });
    expect(bundle.state.position).toEqual(position);
  });

  it('a project of another fence, put or left behind', async () => {
    const { position } = await started();
    const other = 'f'.repeat(32);
    expect(await bundle.takeDelta(signer.delta(position, 13, [{ ...staleness(1), id: other }]).frame)).toMatchObject({
      code: 'scope',
    });
    const abroad = [
      { ...fence(['JP']), id: other },
      { ...staleness(1), id: other },
    ];
    expect(await bundle.takeDelta(signer.delta(position, 13, abroad).frame)).toMatchObject({ code: 'scope' });
    expect(await bundle.takeSnapshot(signer.snapshot(13, abroad).frame)).toMatchObject({ code: 'scope' });
    expect(await bundle.takeDelta(signer.delta(position, 13, [fence(['JP'])]).frame)).toMatchObject({ code: 'scope' });
    expect(await bundle.takeDelta(signer.delta(position, 13, [], [`fence/${APP}`]).frame)).toMatchObject({
      code: 'scope',
    });
    expect(
      await bundle.takeDelta(signer.delta(position, 13, [fence(['JP'])], [`staleness/${APP}`]).frame),
    ).toMatchObject({ ok: true });
    expect(seconds()).toBeUndefined();
  });
});

const body = (base: Position, seq: number, put: unknown) => ({
  region: 'EU',
  epoch: base.epoch,
  baseSeq: base.seq,
  baseHash: base.hash,
  seq,
  put,
  del: [],
});

describe('the lease', () => {
  it('is renewed by beats of what is held, survives a restart, and runs out when changes are withheld', async () => {
    const { position } = await started();
    expect(bundle.leaseExpiresAt).toBeNull();
    expect(await bundle.takeBeat(signer.beat(position, 1_000))).toBe('renewed');
    expect(bundle.leaseExpiresAt).toBe(31_000);
    const ahead = signer.delta(position, 13, []);
    expect(await bundle.takeBeat(signer.beat(ahead.position, 6_000))).toBe('behind');
    expect(bundle.leaseExpiresAt).toBe(31_000);
    await restart();
    expect(bundle.leaseExpiresAt).toBe(31_000);
    expect(await bundle.takeBeat(signer.beat(ahead.position, 7_000))).toBe('behind');
    expect(await bundle.takeDelta(ahead.frame)).toMatchObject({ ok: true });
    expect(bundle.leaseExpiresAt).toBe(37_000);
  });

  it('is not renewed by an old, foreign, endless or forked beat', async () => {
    const { position } = await started();
    await bundle.takeBeat(signer.beat(position, 10_000));
    expect(await bundle.takeBeat(signer.beat(position, 9_000, 600_000))).toMatchObject({ code: 'replay' });
    expect(await bundle.takeBeat(new TestSigner('other key').beat(position, 20_000))).toMatchObject({
      code: 'signature',
    });
    expect(await bundle.takeBeat(signer.beat(position, 20_000, 20_000 + 86_400_000))).toMatchObject({ code: 'limits' });
    expect(await bundle.takeBeat(signer.beat({ ...position, hash: 'ab'.repeat(32) }, 20_000))).toBe('drift');
    expect(bundle.leaseExpiresAt).toBe(40_000);
  });
});

describe('the disk', () => {
  it('brings back exactly what was acknowledged', async () => {
    const { position } = await started();
    await restart();
    expect(bundle.state.position).toEqual(position);
    expect(seconds()).toBe(300);
    const next = signer.delta(position, 13, [staleness(400)]);
    expect(await bundle.takeDelta(next.frame)).toMatchObject({ ok: true });
    await restart();
    expect(bundle.state.position).toEqual(next.position);
  });

  it('forgives a record that was cut off at any byte, and goes on appending after it', async () => {
    const { second, position } = await started();
    const whole = statSync(log()).size;
    const torn = 8 + bytesOf(second).length;
    for (const cut of [1, 5, torn - 9, torn - 1]) {
      truncateSync(log(), whole - cut);
      await restart();
      expect(bundle.state.position?.seq).toBeUndefined();
      // Below the ratchet nothing is served; without one the state before the torn record is.
      rmSync(join(home, 'policy', 'ratchet'));
      await restart();
      expect(bundle.state.position?.seq).toBe(11);
      expect(await bundle.takeDelta(second)).toMatchObject({ ok: true });
      await restart();
      expect(bundle.state.position).toEqual(position);
    }
  });

  it('ends the log at garbage and at a record whose bytes rotted', async () => {
    const { position } = await started();
    for (const [i, garbage] of [Buffer.alloc(4096), Buffer.from('garbage'), Buffer.alloc(64, 0xff)].entries()) {
      appendFileSync(log(), garbage);
      await restart();
      expect(bundle.state.position?.seq).toBe(12 + i);
      const next = signer.delta(bundle.state.position ?? position, 13 + i, [staleness(400 + i)]);
      expect(await bundle.takeDelta(next.frame)).toMatchObject({ ok: true });
      await restart();
      expect(bundle.state.position).toEqual(next.position);
    }
    const bytes = readFileSync(log());
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(log(), bytes);
    rmSync(join(home, 'policy', 'ratchet'));
    await restart();
    expect(bundle.state.position?.seq).toBe(14);
  });

  it('survives a kill between persisting and the ratchet, and between snapshot and log', async () => {
    const { position } = await started();
    const next = signer.delta(position, 13, [staleness(400)]);
    await disk.appendDelta(bytesOf(next.frame));
    await restart();
    expect(bundle.state.position).toEqual(next.position);

    const snapshot = signer.snapshot(20, [fence(['EU']), staleness(500)]);
    const kept = readFileSync(log());
    await disk.writeSnapshot(bytesOf(snapshot.frame));
    await disk.close();
    writeFileSync(log(), kept);
    await open();
    expect(bundle.state.position).toEqual(snapshot.position);
    expect(seconds()).toBe(500);
  });

  it('refuses to serve a folder that was put back to an older time', async () => {
    const { position } = await started();
    const snapshot = readFileSync(join(home, 'policy', 'snapshot'));
    const old = readFileSync(log());
    await bundle.takeDelta(signer.delta(position, 13, [staleness(400)]).frame);
    await disk.close();
    writeFileSync(join(home, 'policy', 'snapshot'), snapshot);
    writeFileSync(log(), old);
    await open();
    expect(bundle.state.position).toBeNull();
    expect(bundle.state.index.size).toBe(0);
    expect(logged).toContain('policy.disk_rolled_back');
    expect(await bundle.takeSnapshot(signer.snapshot(12, []).frame)).toMatchObject({ code: 'replay' });
    expect(await bundle.takeSnapshot(signer.snapshot(13, [fence(['EU'])]).frame)).toMatchObject({ ok: true });
  });

  it('keeps a ratchet of two slots: a torn one leaves the other, none is an error', async () => {
    await started();
    const file = join(home, 'policy', 'ratchet');
    const bytes = readFileSync(file);
    const newest = bytes.toString('latin1').indexOf('1 12 ');
    const torn = Buffer.from(bytes);
    torn[newest + 3]! ^= 1;
    writeFileSync(file, torn);
    await restart();
    expect(bundle.ratchet).toEqual({ epoch: 1, seq: 11 });
    writeFileSync(file, 'x'.repeat(128));
    await expect(Disk.open(home)).rejects.toThrow('policy.ratchet_unreadable');
    writeFileSync(file, bytes);
    await restart();
    expect(bundle.ratchet).toEqual({ epoch: 1, seq: 12 });
  });

  it('is not trusted: what was changed on it is not served', async () => {
    await started();
    await disk.close();
    signer = new TestSigner('rotated away');
    await open();
    expect(bundle.state.position).toBeNull();
    expect(logged).toContain('policy.disk_refused');
  });

  it('answers storage and keeps the policy when it cannot write', async () => {
    const { position } = await started();
    await disk.close();
    const next = signer.delta(position, 13, [staleness(400)]).frame;
    expect(await bundle.takeDelta(next)).toMatchObject({ ok: false, code: 'storage' });
    expect(bundle.state.position).toEqual(position);
    expect(seconds()).toBe(300);
    await open();
    expect(await bundle.takeDelta(next)).toMatchObject({ ok: true });
  });
});
