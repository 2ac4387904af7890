/** A line leads back to the entry that was logged, whatever of it is opened, and no other line does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, toUtf8 } from '@/lib/kernel/encoding';
import { primitives } from '@/lib/primitives';
import {
  commitFields,
  EARLY_FIELDS,
  entryOf,
  entryOfCommitments,
  type Field,
  fieldCommitment,
  HEADER_FIELDS,
  nodeHash,
  openingLine,
  openingOf,
  RECORD_REASONS,
  textCommitment,
} from './index';

const hash = primitives;
const bytes = (text: string) => toUtf8(text)!;
const jsonValue = fc
  .jsonValue({ noUnicodeString: false, maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const salt = fc.uint8Array({ minLength: 16, maxLength: 16 });
const name = fc
  .string({ unit: fc.constantFrom(...'abzAZ09._-'), minLength: 1, maxLength: 64 })
  .filter((text) => !(HEADER_FIELDS as readonly string[]).includes(text));

const eventOf = (personal: string[], values: unknown[], salts: Uint8Array[]): Field[] => {
  const sorted = [...personal].sort();
  return [...HEADER_FIELDS, ...sorted].map((field, i) => {
    const about = { organisationId: null, personal: sorted, schemaDigest: '00' };
    const value = field === 'about' ? about : (values[i % values.length] ?? null);
    return { name: field, salt: salts[i % salts.length]!, value: bytes(canonicalJson(value)) };
  });
};

const event = fc
  .tuple(
    fc.uniqueArray(fc.oneof(name, fc.constantFrom('__proto__', 'constructor', 'email')), { maxLength: 52 }),
    fc.array(jsonValue, { minLength: 1, maxLength: 8 }),
    fc.array(salt, { minLength: 1, maxLength: 20 }),
  )
  .map(([personal, values, salts]) => eventOf(personal, values, salts));

const lineFor = (fields: Field[], opened: (name: string) => boolean, index = 7) => {
  const { commitments } = commitFields(hash, fields);
  const states = fields.map((field, i) => (opened(field.name) ? field : { commitment: commitments[i]! }));
  return openingLine(openingOf(hash, index, states));
};

const SMALL = eventOf(['email', 'actor.id', 'reason'], ['x', { a: 1 }, null], [new Uint8Array(16).fill(5)]);
const record = lineFor(SMALL, () => true);
const stub = lineFor(SMALL, (field) => field === 'at' || field === 'schema');
const change = (line: string, edit: (json: ReturnType<typeof JSON.parse>) => void) => {
  const json = JSON.parse(line);
  edit(json);
  return canonicalJson(json);
};
const reasonOf = (line: string) => {
  const result = entryOf(hash, line);
  return result.ok ? 'ok' : result.reason;
};

describe('a commitment', () => {
  it('is the same of a text as of its bytes', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 600 }), fc.string({ maxLength: 600 }));
    fc.assert(
      fc.property(name, salt, text, (field, with16, value) => {
        const json = canonicalJson(value);
        expect(textCommitment(hash, field, with16, json)).toEqual(fieldCommitment(hash, field, with16, bytes(json)));
      }),
    );
  });

  it('is of no half of a character, and of nothing too long', () => {
    const of = (text: string) => () => textCommitment(hash, 'email', new Uint8Array(16), text);
    expect(of('"\ud800"')).toThrow(TypeError);
    expect(of('x'.repeat(98_305))).toThrow(/values_too_long/);
    expect(of('ä'.repeat(49_153))).toThrow(/values_too_long/);
  });
});

describe('openings', () => {
  it('lead to the entry and the opened values, whatever is opened', () => {
    fc.assert(
      fc.property(event, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.maxSafeNat(), (fields, mask, index) => {
        const isOpen = (field: string) => {
          const place = fields.findIndex(({ name }) => name === field);
          const personalNeedsAbout = field === 'about' && mask >> 12n !== 0n;
          return personalNeedsAbout || ((mask >> BigInt(place)) & 1n) === 1n;
        };
        const result = entryOf(hash, lineFor(fields, isOpen, index));
        if (!result.ok) expect.fail(result.reason);
        expect(result.entry).toEqual(commitFields(hash, fields).entry);
        expect([result.index, result.count]).toEqual([index, fields.length]);
        const expected = fields.filter(({ name }) => isOpen(name));
        expect([...result.fields.keys()].sort()).toEqual(expected.map(({ name }) => name).sort());
        for (const field of expected) {
          expect(bytes(canonicalJson(result.fields.get(field.name)))).toEqual(field.value);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are of one size when nothing is opened, and without hashes when everything is', () => {
    expect(JSON.parse(lineFor(SMALL, () => false)).hashes.length).toBe(1);
    expect(JSON.parse(record).hashes).toEqual([]);
    // 15 fields, at and schema opened: [2,4) [4,8) [8,15).
    expect(JSON.parse(stub).hashes.length).toBe(3);
  });

  it('lead elsewhere, or nowhere, when any character of the line is another', () => {
    const { entry } = commitFields(hash, SMALL);
    for (const line of [record, stub]) {
      for (let i = 0; i < line.length; i++) {
        for (const other of ['0', '1', 'A', '"', ' ', ',', '\\', 'é']) {
          const changed = line.slice(0, i) + other + line.slice(i + 1);
          const result = entryOf(hash, changed);
          // The index is the one thing that no hash in the line covers.
          const ownIndex = result.ok && result.index !== 7;
          if (changed !== line && result.ok && !ownIndex) expect(result.entry).not.toEqual(entry);
        }
      }
    }
  });

  it('have one spelling', () => {
    const json = JSON.parse(record);
    const spellings = [
      JSON.stringify({ open: json.open, count: 15, hashes: [], index: 7 }),
      JSON.stringify(json, null, 1),
      ` ${record}`,
      `${record}\n`,
      record.replace('"index":7', '"index":7.0'),
      record.replace('"index":7', '"index":7,"index":7'),
      record.replace('"at":', '"\\u0061t":'),
      record.replace('{"a":1}', '{"a":1,"a":1}'),
      record.replace('{"a":1}', '{"a":1e0}'),
      record.replace('{"a":1}', '{ "a":1}'),
    ];
    for (const line of spellings) expect([line, reasonOf(line)]).toEqual([line, 'not_canonical']);
    expect(reasonOf(record)).toBe('ok');
  });

  it('cannot move a field to another place, or call it something else', () => {
    const swapped = change(record, ({ open }) => {
      [open.actor, open.outcome] = [open.outcome, open.actor];
    });
    const result = entryOf(hash, swapped);
    expect(result.ok && result.entry).not.toEqual(commitFields(hash, SMALL).entry);
    const renamed = change(record, ({ open }) => {
      open.about[1].personal = ['actor.id', 'email2', 'reason'];
      open.email2 = open.email;
      delete open.email;
    });
    const other = entryOf(hash, renamed);
    expect(other.ok && other.entry).not.toEqual(commitFields(hash, SMALL).entry);
  });
});

describe('lines that are none', () => {
  const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
  const H = Buffer.alloc(32).toString('base64');
  it.each<[string, string, string]>([
    ['nothing', '', 'json_malformed'],
    ['a word', 'null', 'members_wrong'],
    ['a list', '[]', 'members_wrong'],
    ['a member more', change(record, (json) => (json.extra = 1)), 'members_wrong'],
    ['a member less', change(record, (json) => delete json.hashes), 'members_wrong'],
    ['hashes that are no list', change(record, (json) => (json.hashes = {})), 'members_wrong'],
    ['open that is a list', change(record, (json) => (json.open = [])), 'members_wrong'],
    ['too long', `"${'x'.repeat(131_072)}"`, 'line_too_long'],
    ['too long in bytes', `"${'é'.repeat(70_000)}"`, 'line_too_long'],
    ['too few fields', change(record, (json) => (json.count = 11)), 'count_wrong'],
    ['too many fields', change(record, (json) => (json.count = 65)), 'count_wrong'],
    ['half a field', change(record, (json) => (json.count = 12.5)), 'count_wrong'],
    ['a count in words', change(record, (json) => (json.count = '15')), 'count_wrong'],
    ['a negative index', change(record, (json) => (json.index = -1)), 'index_wrong'],
    ['an index beyond 2^53', record.replace('"index":7', '"index":9007199254740992'), 'index_wrong'],
    ['a short hash', change(stub, (json) => (json.hashes[0] = 'AAAA')), 'hash_malformed'],
    ['a hash that is a number', change(stub, (json) => (json.hashes[0] = 1)), 'hash_malformed'],
    ['a hash in another spelling', change(stub, (json) => (json.hashes[0] = H.replace('A=', 'B='))), 'hash_malformed'],
    ['a hash missing', change(stub, (json) => json.hashes.pop()), 'hashes_wrong'],
    ['a hash over', change(stub, (json) => json.hashes.push(H)), 'hashes_wrong'],
    ['more hashes than fields', change(stub, (json) => (json.hashes = new Array(16).fill(H))), 'hashes_wrong'],
    ['a short salt', change(record, ({ open }) => (open.at[0] = 'AAAA')), 'open_malformed'],
    ['no value', change(record, ({ open }) => open.at.pop()), 'open_malformed'],
    ['no pair', change(record, ({ open }) => (open.at = 'x')), 'open_malformed'],
    ['an unknown field', change(record, ({ open }) => (open.extra = open.at)), 'field_unknown'],
    ['a personal field without about', change(record, ({ open }) => delete open.about), 'field_unknown'],
    ['about that lists one less', change(record, ({ open }) => open.about[1].personal.pop()), 'about_malformed'],
    ['about out of order', change(record, ({ open }) => open.about[1].personal.reverse()), 'about_malformed'],
    ['about with a twin', change(record, ({ open }) => (open.about[1].personal = ['a', 'a', 'b'])), 'about_malformed'],
    [
      'about naming a header field',
      change(record, ({ open }) => (open.about[1].personal[0] = 'actor')),
      'about_malformed',
    ],
    ['about naming nothing', change(record, ({ open }) => (open.about[1].personal[0] = '')), 'about_malformed'],
    ['about with a space', change(record, ({ open }) => (open.about[1].personal[0] = 'a b')), 'about_malformed'],
    ['about that is text', change(record, ({ open }) => (open.about[1] = 'x')), 'about_malformed'],
    ['a value that nests', record.replace('{"a":1}', deep), 'value_malformed'],
    ['a lone surrogate', record.replace('{"a":1}', '"\\ud800"'), 'value_malformed'],
    ['a number beyond all', record.replace('{"a":1}', '1e999'), 'value_malformed'],
    ['a value beyond the limit', record.replace('{"a":1}', `"${'x'.repeat(98_304)}"`), 'values_too_long'],
    ['a value that grows', record.replace('{"a":1}', `[${'1e20,'.repeat(20_000)}1]`), 'values_too_long'],
    ['fields of an early event in a new one', change(record, ({ open }) => (open.header = open.at)), 'field_unknown'],
  ])('%s', (_, line, reason) => {
    expect(reasonOf(line)).toBe(reason);
    expect(RECORD_REASONS).toHaveProperty(reason);
  });

  it('never make it throw', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.constantFrom(...'{}[]",:0'),
        fc.constantFrom(record, stub),
      ),
      { maxLength: 5 },
    );
    const json = fc.record(
      { count: fc.constantFrom(2, 12, 15, 64), hashes: fc.jsonValue(), index: fc.nat(), open: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((list) => list.join('')),
          json.map((value) => JSON.stringify(value)),
        ),
        (line) => {
          expect(typeof entryOf(hash, line).ok).toBe('boolean');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('committing', () => {
  it('is what the specification says, with nothing but SHA-256', () => {
    const commitment = (field: Field) =>
      hash.sha256(
        Buffer.concat([
          Buffer.from('\0cordon/audit/field/v1\n', 'latin1'),
          Buffer.from([field.name.length]),
          Buffer.from(field.name),
          field.salt,
          field.value,
        ]),
      );
    const early = EARLY_FIELDS.map((name, i) => ({
      name,
      salt: new Uint8Array(16).fill(i),
      value: bytes(`{"n":${i}}`),
    }));
    const { commitments, entry } = commitFields(hash, early);
    expect(commitments).toEqual(early.map(commitment));
    const root = nodeHash(hash, commitments[0]!, commitments[1]!);
    expect(Buffer.from(entry)).toEqual(Buffer.concat([Buffer.from('cordon/audit/event/v1\n\x02'), root]));
    expect(entry.length).toBe(55);
    const result = entryOf(
      hash,
      lineFor(early, (field) => field === 'header'),
    );
    expect(result.ok && result.entry).toEqual(entry);
  });

  it('needs no more than the commitments, 32 bytes each', () => {
    const { commitments, entry } = commitFields(hash, SMALL);
    expect(entryOfCommitments(hash, commitments)).toEqual(entry);
    for (const wrong of [[], commitments.slice(0, 11), commitments.with(3, new Uint8Array(0))]) {
      expect(() => entryOfCommitments(hash, wrong)).toThrow(RangeError);
    }
  });

  it('refuses what could not be opened again, and names the field', () => {
    const at = (i: number, edit: Partial<Field>) => SMALL.map((field, k) => (k === i ? { ...field, ...edit } : field));
    const wrong: [Field[], RegExp][] = [
      [SMALL.slice(0, 11), /11 fields/],
      [[...SMALL].reverse(), /reason/],
      [at(3, { name: 'actor' }), /actor/],
      [at(13, { name: 'actor.id' }), /actor\.id/],
      [at(13, { name: 'details' }), /details/],
      [at(14, { name: 'a' }), /a$/],
      [at(14, { name: 'é' }), /é/],
      [at(14, { name: `r${'x'.repeat(64)}` }), /rx/],
      [at(2, { salt: new Uint8Array(15) }), /outcome/],
      [at(2, { value: new Uint8Array(98_305) }), /outcome/],
      [at(2, { value: new Uint8Array(98_300) }), /values_too_long/],
      [new Array(65).fill(SMALL[0]), /65 fields/],
    ];
    for (const [fields, message] of wrong) expect(() => commitFields(hash, fields)).toThrow(message);
    expect(() => fieldCommitment(hash, '', new Uint8Array(16), bytes('1'))).toThrow(RangeError);
  });

  it('keeps nothing of a longer value in a shorter one', () => {
    const long = fieldCommitment(hash, 'details', new Uint8Array(16), bytes('"xxxxxxxxxxxxxxxx"'));
    const first = fieldCommitment(hash, 'id', new Uint8Array(16), bytes('1'));
    expect(fieldCommitment(hash, 'details', new Uint8Array(16), bytes('"xxxxxxxxxxxxxxxx"'))).toEqual(long);
    expect(fieldCommitment(hash, 'id', new Uint8Array(16), bytes('1'))).toEqual(first);
  });

  it('makes no line that could not be read', () => {
    const long = SMALL.with(10, { ...SMALL[10]!, value: bytes(`"${'x'.repeat(131_000)}"`) });
    expect(() => openingLine(openingOf(hash, 0, long))).toThrow(/line_too_long/);
    expect(() => openingOf(hash, 0, SMALL.slice(1, 11))).toThrow(/10 fields/);
  });

  it('fits the line at its longest', () => {
    const personal = Array.from({ length: 52 }, (_, i) => `${String(i).padStart(2, '0')}${'n'.repeat(62)}`);
    const fields = eventOf(personal, [0], [new Uint8Array(16).fill(0xff)]);
    const used = fields.reduce((sum, { value }) => sum + value.length, 0);
    const filled = fields.map((field) =>
      field.name === 'details' ? { ...field, value: bytes(`"${'x'.repeat(98_304 - used - 1)}"`) } : field,
    );
    const line = lineFor(filled, () => true, Number.MAX_SAFE_INTEGER);
    expect(line.length).toBeLessThan(131_072);
    expect(reasonOf(line)).toBe('ok');
  });
});
