import { describe, expect, it } from 'vitest';
import { Ring } from './ring';

describe('retransmission ring', () => {
  it('gives back what it still holds, and nothing else', () => {
    const ring = new Ring(8);
    for (let number = 0; number < 12; number++)
      ring.put(number, Buffer.from([number]), number * 10, 0x80, 1_000 + number);
    expect(ring.get(3)).toBeNull();
    expect(ring.get(4)).toEqual({ packet: Buffer.from([4]), timestamp: 40, marker: 0x80 });
    expect(ring.has(11)).toBe(true);
    expect(ring.get(12)).toBeNull();
    ring.clear();
    expect(ring.get(11)).toBeNull();
    expect(ring.has(11)).toBe(false);
  });

  it('overwrites with zeros whatever leaves it: pushed out, too old, or cleared', () => {
    const ring = new Ring(4);
    const packets = [0, 1, 2, 3, 4].map(() => Buffer.from('canary'));
    packets.forEach((packet, number) => {
      ring.put(number, packet, 0, 0, 1_000 + number);
    });
    const zeroed = () => packets.map((packet) => packet.every((byte) => byte === 0));
    expect(zeroed()).toEqual([true, false, false, false, false]);
    expect(ring.oldestAt()).toBe(1_001);
    ring.expire(1_003);
    expect(zeroed()).toEqual([true, true, true, false, false]);
    expect(ring.get(2)).toBeNull();
    expect(ring.get(3)).not.toBeNull();
    ring.clear();
    expect(zeroed()).toEqual([true, true, true, true, true]);
    expect(ring.oldestAt()).toBeNull();
  });
});
