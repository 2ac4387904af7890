import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry, PlacedEvent } from '@/lib/audit';
import { parseFrames } from '@/test/support/syslog';
import { syslogFrames } from './syslog';

const entry: AuditEntry = {
  id: '0199d1c0-7a3c-7f10-b0c3-a4f1d2e3f4a5',
  organisationId: 'org_1',
  at: '2026-11-22T06:00:00.123Z',
  actId: '0199d1c0-7a3c-7f10-b0c3-a4f1d2e3f4a6',
  schema: 'project.renamed@1',
  schemaDigest: 'ab',
  outcome: 'success',
  actorKind: 'member',
  actor: 'act_1',
  objectType: 'project',
  objectId: 'prj_1',
  projectId: 'prj_1',
  details: {},
  altered: false,
  personal: { after: { state: 'present', value: 'Käse “]\\ \n' } },
};
const batchOf = (events: PlacedEvent[]) => ({
  log: 'org_1',
  first: 7,
  end: 7 + events.length,
  checkpoint: 'console.example:3000/audit/org_1\n8\nAAAA\n\n— k x\n',
  events,
});

describe('syslog messages', () => {
  it('are one for the checkpoint and one for each event, in order', () => {
    const events: PlacedEvent[] = [
      { index: 7, state: 'intact', entry },
      { index: 8, state: 'altered', entry: { ...entry, altered: true } },
      { index: 9, state: 'missing', entry: null },
      { index: 10, state: 'intact', entry: { ...entry, outcome: 'refused' } },
    ];
    const batch = batchOf(events);
    const messages = parseFrames(Buffer.from(syslogFrames(batch)));
    expect(messages.map(({ id }) => id)).toEqual([
      'checkpoint',
      'project.renamed@1',
      'altered',
      'missing',
      'project.renamed@1',
    ]);
    expect(messages.map(({ severity }) => severity)).toEqual([6, 6, 1, 1, 4]);
    expect(new Set(messages.map(({ facility }) => facility))).toEqual(new Set([13]));
    expect(messages.map(({ host }) => host)).toEqual(Array(5).fill('console.example:3000'));
    expect(messages[0]!.json).toEqual({ log: 'org_1', checkpoint: batch.checkpoint });
    expect(messages.slice(1).map(({ data }) => [data.index, data.state])).toEqual([
      ['7', 'intact'],
      ['8', 'altered'],
      ['9', 'missing'],
      ['10', 'intact'],
    ]);
    expect(messages[1]!.json).toMatchObject({
      index: 7,
      schema: 'project.renamed@1',
      personal: { after: 'Käse “]\\ \n' },
    });
  });

  it('that are longer than receivers take keep what they are and say what is cut', () => {
    const long: AuditEntry = { ...entry, details: { text: 'x'.repeat(9000) } as never };
    const [, message] = parseFrames(Buffer.from(syslogFrames(batchOf([{ index: 7, state: 'intact', entry: long }]))));
    expect(message!.bytes).toBeLessThanOrEqual(8192);
    expect(message!.json).toMatchObject({ index: 7, schema: entry.schema, cut: true });
    expect(message!.json).not.toHaveProperty('details');
  });

  it('are one line each, whatever somebody typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        (typed, odd) => {
          const hostile: AuditEntry = {
            ...entry,
            schema: odd as never,
            id: odd,
            at: odd,
            personal: { after: { state: 'present', value: typed } },
          };
          const frames = Buffer.from(syslogFrames(batchOf([{ index: 7, state: 'intact', entry: hostile }])));
          expect(frames.every((byte) => byte >= 0x20 && byte < 0x7f)).toBe(true);
          const messages = parseFrames(frames);
          expect(messages).toHaveLength(2);
          expect(messages[1]!.json).toMatchObject({ personal: { after: typed } });
        },
      ),
    );
  });

  it('hold nothing up, whatever a changed header says', () => {
    const member = fc.oneof(fc.constantFrom('constructor', '__proto__', 'failed'), fc.anything());
    fc.assert(
      fc.property(member, member, member, (one, two, three) => {
        const json = (value: unknown) => JSON.parse(JSON.stringify(value ?? null) ?? 'null') as never;
        const changed = {
          ...entry,
          altered: true,
          outcome: json(one),
          schema: json(two),
          id: json(three),
          at: json(one),
        };
        const frames = Buffer.from(syslogFrames(batchOf([{ index: 7, state: 'altered', entry: changed }])));
        const [, message] = parseFrames(frames);
        expect(message).toMatchObject({
          severity: 1,
          data: { index: '7', state: 'altered' },
          json: { index: 7, state: 'altered' },
        });
      }),
    );
  });
});
