import { recordsOf } from '@/lib/audit';
import { type Caller, inTenant } from '@/lib/authz';
import { openingLine, openingOf } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { transparencyErrors } from './errors';
import { openingIds } from './schemas';
import * as store from './store';

/**
 * Records of events of the organisation's log (lib/kernel/log, section 3), one a line, in the order of their places: what a browser needs to
 * prove by itself what a page shows. An event that has no place yet, or cannot be opened, has no line. That they were read is recorded. Throws
 * `openings.ids`.
 */
export const readOpenings = (caller: Caller & { kind: 'member' }, ids: readonly string[]): Promise<string> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, { organisationId, record }) => {
    const asked = openingIds.safeParse(ids);
    if (!asked.success) throw transparencyErrors('openings.ids');
    const rows = await store.placedEvents(tx, organisationId, asked.data);
    const records = await recordsOf(rows);
    const fields = { filters: ['openings'] };
    await record('audit.read@1', { object: { type: 'audit-log', id: organisationId } }, fields);
    const lines = rows.flatMap(({ index }, i) => {
      const fieldsOf = records[i];
      return fieldsOf ? [`${openingLine(openingOf(primitives, Number(index), fieldsOf))}\n`] : [];
    });
    return lines.join('');
  });
