/** What lines say by themselves: where a judgement ends, and that it is text. */
import { describe, expect, it } from 'vitest';
import { toUtf8 } from '@/lib/kernel/encoding';
import { entryOf, leafHash } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { genuine, linesIn } from '@/test/foreign/mutants';
import { type JudgedLines, type LineRules, lineJudge } from './judge';
import { schemasOf } from './schemas';

const files = await genuine();
const rules: LineRules = {
  ...{ filter: {}, opened: [], provable: true },
  schemas: schemasOf(primitives, files.get('schemas.json')!),
};
const lines = linesIn(files, 'events.ndjson');
const judged = (...of: string[]): JudgedLines => lineJudge(primitives, rules)('events.ndjson', toUtf8(of.join('\n'))!);

describe('lines', () => {
  it('lead to leaves, and have a first and a last time', () => {
    const { indices, leaves, times, fault } = judged(...lines);
    const records = lines.map((line) => entryOf(primitives, line)).filter((record) => record.ok);
    expect([...indices]).toEqual(records.map(({ index }) => index));
    expect(Buffer.from(leaves)).toEqual(Buffer.concat(records.map(({ entry }) => leafHash(primitives, entry))));
    expect(times).toEqual({ first: '2026-11-22T00:00:04.000Z', last: '2026-11-22T00:00:31.000Z' });
    expect(fault).toBeNull();
  });

  it('are judged up to the first with a fault, which is among them when it can be read', () => {
    const unknown = { ...rules, schemas: new Map() };
    const piece = toUtf8(lines.join('\n'))!;
    const { indices, fault } = lineJudge(primitives, unknown)('events.ndjson', piece);
    expect([indices.length, fault?.code]).toEqual([1, 'schema']);
    expect(judged(lines[0]!, `${lines[1]} `, lines[2]!)).toMatchObject({
      indices: { length: 1 },
      fault: { code: 'malformed', whole: false },
    });
  });

  it('are UTF-8 without a mark of byte order', () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xef, 0xbb, 0xbf, 0x7b]]) {
      const { indices, fault } = lineJudge(primitives, rules)('events.ndjson', Uint8Array.from(bytes));
      expect([indices.length, fault]).toMatchObject([0, { code: 'malformed', whole: true }]);
    }
  });
});
