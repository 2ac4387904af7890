import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import { EVENTS, type EventSchema, shapeOf } from './events';
import { schemaDigest } from './leaf';

/** `CORDON_LEDGER=write` adds what is new, and takes nothing out. */
const FILE = 'lib/audit/shapes.json';

it('keeps the shape of every event, by its digest', () => {
  const ledger = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>;
  const today = Object.fromEntries(
    (Object.keys(EVENTS) as EventSchema[]).map((schema) => [schemaDigest(schema, primitives), shapeOf(schema)]),
  );
  if (process.env.CORDON_LEDGER === 'write')
    writeFileSync(FILE, `${JSON.stringify(Object.assign(ledger, today), null, 2)}\n`);
  expect(ledger).toMatchObject(today);
});

it('has one shape per name: a change is a new version', () => {
  const names = Object.values(JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, { schema: string }>);
  expect(new Set(names.map(({ schema }) => schema)).size).toBe(names.length);
});
