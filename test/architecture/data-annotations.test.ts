import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/**
 * Every column says what it holds: class, masking, purpose, retention, erasure. Written beside the field in the schema, because that
 * is where a new field is added.
 */
const SCHEMA = readFileSync('prisma/schema.prisma', 'utf8');

const CLASSES = ['account', 'enduser', 'content', 'log', 'secret', 'public'];
const MASKS = ['none', 'full', 'partial', 'prefix', 'email', 'name'];
const PERIOD = /^(life|P(\d+[YMD])+|PT\d+[HM])$/;
const ERASE = /^(delete|null|keep:[a-z]+)$/;

/** What is wrong with a schema, one line per field. */
function problems(schema: string): string[] {
  const models = new Set([...schema.matchAll(/^model (\w+) \{/gm)].map(([, name]) => name));
  const found: string[] = [];
  for (const [, model, body] of schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)) {
    let comment: string[] = [];
    for (const line of body!.split('\n').map((text) => text.trim())) {
      if (line.startsWith('///')) {
        comment.push(line);
        continue;
      }
      const field = /^(\w+)\s+(\w+)(\[\])?\??/.exec(line);
      if (field && !models.has(field[2]))
        found.push(...check(`${model}.${field[1]}`, comment, /^\w+\s+\S+\?/.test(line)));
      comment = [];
    }
  }
  return found;
}

function check(name: string, comment: string[], nullable: boolean): string[] {
  const annotation = comment.find((line) => line.startsWith('/// @data '));
  if (!annotation) return [`${name} has no @data`];
  const parts = new Map(
    annotation
      .slice(10)
      .split(/\s+/)
      .map((part) => part.split('=', 2) as [string, string]),
  );
  const wrong: string[] = [];
  const must = (key: string, fits: (value: string) => boolean) => {
    const value = parts.get(key);
    if (value === undefined || !fits(value)) wrong.push(`${name}: ${key}=${value}`);
  };
  must('class', (v) => CLASSES.includes(v));
  must('mask', (v) => MASKS.includes(v));
  must('purpose', (v) => /^[a-z.]+$/.test(v));
  must('retain', (v) => PERIOD.test(v));
  must('erase', (v) => ERASE.test(v));
  if (parts.get('class') === 'secret' && parts.get('mask') !== 'full')
    wrong.push(`${name}: a secret is masked in full`);
  if (parts.get('pii') && parts.get('mask') === 'none' && !['company', 'device'].includes(parts.get('pii')!))
    wrong.push(`${name}: personal and not masked`);
  if (parts.get('class') === 'public' && nullable) wrong.push(`${name}: a public identifier is never null`);
  for (const key of parts.keys())
    if (!['class', 'pii', 'mask', 'purpose', 'retain', 'erase'].includes(key)) wrong.push(`${name}: unknown ${key}`);
  return wrong;
}

describe('the classification of stored data', () => {
  it('covers every field of the schema', () => {
    expect(problems(SCHEMA)).toEqual([]);
  });

  it('was looked at: the check sees the fields there are', () => {
    expect([...SCHEMA.matchAll(/\/\/\/ @data /g)].length).toBeGreaterThan(180);
  });

  it('would notice a bare field, an unknown class and an unmasked secret', () => {
    const insert = (line: string) => problems(SCHEMA.replace('model Throttle {\n', `model Throttle {\n${line}\n`));
    expect(insert('  bare String')).toEqual(['Throttle.bare has no @data']);
    expect(
      insert('  /// @data class=thing mask=none purpose=essential retain=life erase=delete\n  field String?'),
    ).toEqual(['Throttle.field: class=thing']);
    expect(
      insert('  /// @data class=secret mask=none purpose=essential retain=life erase=delete\n  field String'),
    ).toEqual(['Throttle.field: a secret is masked in full']);
  });
});
