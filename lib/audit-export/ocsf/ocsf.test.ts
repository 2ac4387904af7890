import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { type ActorKind, type AuditEntry, EVENTS, type EventSchema, type Outcome } from '@/lib/audit';
import { ocsfFaults } from '@/test/support/ocsf-validator';
import { CLASSES } from './classes';
import { type LogFacts, ocsfEvent, ocsfFault } from './event';
import { logFacts, MAPPING_VERSION, OCSF_VERSION } from './index';
import { MAPPINGS } from './table';

const NAMES = Object.keys(EVENTS) as EventSchema[];
const ORIGIN = 'console.example/audit/org_1';
const SIGNATURE = { algorithm_id: 99, algorithm: 'Ed25519', developer_uid: `${ORIGIN}+01020304` };
const LOG: LogFacts = { origin: ORIGIN, signatures: [SIGNATURE] };
const PLACE = { index: 7, leafHash: 'ab'.repeat(32), log: LOG };

const CANDIDATES = ['text', 'totp', 'signed-out', 3, true, ['EU'], { a: 1 }, null];
const fill = (shape: z.ZodRawShape) =>
  Object.fromEntries(
    Object.entries(shape).map(([name, type]) => [
      name,
      name === 'email' ? 'ada@example.com' : CANDIDATES.find((value) => (type as z.ZodType).safeParse(value).success),
    ]),
  );

type Field = AuditEntry['personal'][string];
const present = (value: unknown): Field => ({ state: 'present', value });

function entryOf(schema: EventSchema, more: Partial<AuditEntry> = {}, states?: (name: string) => Field): AuditEntry {
  const personal = {
    ...fill(EVENTS[schema].personal),
    'actor.id': 'usr_1',
    'actor.addressPrefix': '192.0.2.0/24',
    'actor.userAgent': 'Firefox',
  };
  return {
    id: '0190d4a0-0000-7000-8000-000000000000',
    organisationId: 'org_1',
    at: '2026-11-22T06:00:00.123Z',
    actId: '0190d4a0-0000-7000-8000-000000000001',
    schema,
    schemaDigest: '0'.repeat(64),
    outcome: 'success',
    actorKind: 'member',
    actor: 'act_1',
    objectType: 'project',
    objectId: 'prj_1',
    projectId: null,
    details: fill(EVENTS[schema].plain),
    altered: false,
    personal: Object.fromEntries(
      Object.entries(personal).map(([name, value]) => [name, states ? states(name) : present(value)]),
    ),
    ...more,
  };
}

/** As a reader gets it: after JSON, nothing is undefined. */
const told = (entry: AuditEntry) => JSON.parse(JSON.stringify(ocsfEvent(entry, PLACE))) as Record<string, never>;

describe('every event of the registry', () => {
  it('has a line in the table, and no line is of anything else', () => {
    expect(Object.keys(MAPPINGS).sort()).toEqual([...NAMES].sort());
  });

  it.each(NAMES)('%s is valid OCSF, whatever its outcome and whatever of it may be seen', (schema) => {
    for (const outcome of ['success', 'refused', 'failed'] as const)
      for (const state of ['present', 'withheld', 'erased', 'altered'] as const) {
        const states = state === 'present' ? undefined : () => ({ state });
        expect(ocsfFaults(told(entryOf(schema, { outcome }, states))), `${outcome} ${state}`).toEqual([]);
      }
  });

  it.each(NAMES)('%s loses nothing: each of its values stands somewhere, and none that is closed', (schema) => {
    const plain = Object.keys(EVENTS[schema].plain);
    const personal = Object.keys(EVENTS[schema].personal);
    const mark = (name: string) => `value of ${name}.`;
    const marked = {
      details: Object.fromEntries(plain.map((name) => [name, name === 'factor' ? 'totp' : mark(name)])),
    };
    const text = JSON.stringify(told(entryOf(schema, marked, (name) => present(mark(name)))));
    for (const name of [...plain, ...personal]) expect(text, name).toMatch(name === 'factor' ? /otp/i : mark(name));
    for (const name of personal) {
      const closed = told(entryOf(schema, marked, (of) => (of === name ? { state: 'withheld' } : present(mark(of)))));
      expect(JSON.stringify(closed)).not.toContain(mark(name));
      expect(closed.unmapped).toMatchObject({ closed: { [name]: 'withheld' } });
    }
  });

  it('is valid with any texts, of anybody, about anything', () => {
    const field = fc.oneof(
      fc.string().map(present),
      fc.constantFrom<Field>({ state: 'erased' }, { state: 'withheld' }, { state: 'altered' }),
      fc.constantFrom(present(null), present(3), present(['x'])),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        fc.constantFrom<Outcome>('success', 'refused', 'failed'),
        fc.constantFrom<ActorKind>('member', 'staff', 'api-key', 'edge', 'system', 'anonymous'),
        fc.record({ objectId: fc.string(), objectType: fc.string({ minLength: 1 }), actor: fc.string() }),
        fc.array(field, { minLength: 16, maxLength: 16 }),
        (schema, outcome, actorKind, texts, fields) => {
          let i = 0;
          expect(ocsfFaults(told(entryOf(schema, { outcome, actorKind, ...texts }, () => fields[i++]!)))).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('an event', () => {
  it('says its version, its place in the log and the hash that the log holds there', () => {
    const { metadata, unmapped, time, class_uid, activity_id, status } = told(entryOf('fence.changed@1'));
    expect([class_uid, activity_id, status, time]).toEqual([
      3004,
      3,
      'Success',
      Date.parse('2026-11-22T06:00:00.123Z'),
    ]);
    expect(metadata).toMatchObject({
      version: OCSF_VERSION,
      event_code: 'fence.changed@1',
      sequence: 7,
      log_name: ORIGIN,
    });
    expect(unmapped).toMatchObject({
      mapping_version: MAPPING_VERSION,
      attestation_list: [
        {
          uid: '7',
          chain_uid: ORIGIN,
          fingerprint: { algorithm_id: 3, value: PLACE.leafHash },
          signatures: [SIGNATURE],
        },
      ],
    });
  });

  it('that was refused is a failure, and never informational', () => {
    for (const schema of NAMES) {
      const event = told(entryOf(schema, { outcome: 'refused' }));
      expect(event.severity_id, schema).toBeGreaterThan(1);
      if (event.class_uid !== CLASSES.finding.uid) expect(event.status_id, schema).toBe(2);
    }
  });

  it('whose name this version does not know is told as one of no class, whole', () => {
    const event = told(entryOf('sign-in@1', { schema: 'later@9' as EventSchema, details: { new: 'thing' } }));
    expect(ocsfFaults(event)).toEqual([]);
    expect(event).toMatchObject({ class_uid: 0, activity_id: 99, unmapped: { details: { new: 'thing' } } });
  });

  it('that is not what the log holds, or gone, is a critical finding and nothing else', () => {
    const entry = entryOf('sign-in@1', { altered: true });
    for (const [state, stored] of [
      ['altered', entry],
      ['missing', null],
    ] as const) {
      const event = JSON.parse(JSON.stringify(ocsfFault(stored, { state, foundAt: 5 }, PLACE)));
      expect(ocsfFaults(event)).toEqual([]);
      expect(event).toMatchObject({ class_uid: 2004, severity_id: 5, unmapped: { state, index: 7 } });
    }
  });
});

it('tells a pruned event as a deletion that was agreed to', () => {
  const event = JSON.parse(JSON.stringify(ocsfFault(null, { state: 'pruned', foundAt: 5 }, PLACE)));
  expect(ocsfFaults(event)).toEqual([]);
  expect(event).toMatchObject({ class_uid: 1008, activity_id: 2, severity_id: 1, unmapped: { state: 'pruned' } });
});

describe('the validator', () => {
  const event = () => told(entryOf('token.minted@1')) as Record<string, Record<string, unknown>>;
  it.each<[string, (event: Record<string, Record<string, unknown>>) => void, string]>([
    ['a missing attribute', (e) => delete e.api, 'api: required'],
    ['a missing one of an object', (e) => delete e.api!.operation, 'api.operation: required'],
    ['another attribute', (e) => Object.assign(e, { colour: 'red' }), 'colour: unknown'],
    ['a wrong type', (e) => Object.assign(e, { time: '2026' }), 'time: not an integer'],
    [
      'an activity that the class has not',
      (e) => Object.assign(e, { activity_id: 9, type_uid: 600309 }),
      'activity_id: 9 is not in its enum',
    ],
    [
      'a caption of another value',
      (e) => Object.assign(e, { severity: 'High' }),
      'severity_id: High is not Informational',
    ],
    ['another version', (e) => Object.assign(e.metadata!, { version: '1.3.0' }), 'metadata.version'],
    ['another class’s type', (e) => Object.assign(e, { type_uid: 300401 }), 'type_uid: 300401'],
    ['a profile’s attribute without the profile', (e) => Object.assign(e, { device: {} }), 'device: unknown'],
  ])('finds %s', (_, change, fault) => {
    const changed = event();
    change(changed);
    expect(ocsfFaults(changed)).toEqual([fault]);
  });
});

it('refuses to speak of a log whose checkpoint is none', () => {
  expect(() => logFacts('not a note')).toThrow(TypeError);
});
