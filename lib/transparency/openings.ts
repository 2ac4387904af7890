import { recordsOf } from '@/lib/audit';
import { type Caller, inTenant, type Source, type Tx } from '@/lib/authz';
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
    const lines = await linesOf(tx, organisationId, ids);
    const { object, fields } = store.opened(organisationId);
    await record('audit.read@1', { object }, fields);
    return lines;
  });

/** The same of the provider's log, for staff who read it. */
export const readProviderOpenings = (secret: string, ids: readonly string[], source?: Source): Promise<string> =>
  store.asStaff(secret, async (tx, who) => {
    const lines = await linesOf(tx, 'provider', ids);
    await store.recordOpened(tx, who.userId, source);
    return lines;
  });

async function linesOf(tx: Tx, log: string, ids: readonly string[]): Promise<string> {
  const asked = openingIds.safeParse(ids);
  if (!asked.success) throw transparencyErrors('openings.ids');
  const rows = await store.placedEvents(tx, log, asked.data);
  const records = await recordsOf(rows);
  const lines = rows.flatMap(({ index }, i) => {
    const fields = records[i];
    return fields ? [`${openingLine(openingOf(primitives, Number(index), fields))}\n`] : [];
  });
  return lines.join('');
}
