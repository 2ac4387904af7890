import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PlacedEvent } from '@/lib/audit';
import { BATCH_BYTES, batchBody, batchId, fitting } from './batch';

const event = (index: number, bytes: number): PlacedEvent => ({
  index,
  state: 'intact',
  entry: {
    ...{
      id: 'e',
      organisationId: 'org_1',
      at: '',
      actId: '',
      schema: 'audit.read@1',
      schemaDigest: '',
      outcome: 'success',
    },
    ...{ actorKind: 'member', actor: '', objectType: '', objectId: '', projectId: null, altered: false, personal: {} },
    details: { text: 'x'.repeat(bytes) } as never,
  },
});
const batch = (events: PlacedEvent[]) => ({ log: 'org_1', first: 0, end: events.length, checkpoint: 'note', events });

it('a batch holds as many events as fit, and one in any case', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(10, 5_000, 60_000, 300_000), { minLength: 1, maxLength: 40 }), (sizes) => {
      const events = sizes.map((bytes, i) => event(i, bytes));
      const count = fitting(events);
      expect(count).toBeGreaterThanOrEqual(1);
      const bytes = (of: number) => Buffer.byteLength(batchBody(batch(events.slice(0, of))));
      if (count > 1) expect(bytes(count)).toBeLessThan(BATCH_BYTES + 200);
      if (count < events.length) expect(bytes(count + 1)).toBeGreaterThan(BATCH_BYTES);
    }),
  );
});

it('is named by its log and first place, without a full stop', () => {
  expect(batchId(batch([event(0, 1)]))).toBe('org_1-0');
});
