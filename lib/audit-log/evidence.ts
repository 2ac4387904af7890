import type { AuditEntry } from '@/lib/audit';
import { type Caller, inTenant, type Source } from '@/lib/authz';
import { auditLogErrors } from './errors';
import { eventId, evidenceName } from './schemas';
import * as store from './store';

/** A signed confirmation as a file that is checked without us: `npx cordon act verify FILE`. */
export interface EvidenceFile {
  name: string;
  /** JSON `{ statement, evidence }`. */
  text: string;
}

const SCHEMA = 'step-up@2';

/** Of an event in the organisation's log. That it was taken out is recorded there. Throws `evidence.not_found`. */
export const exportEvidence = (caller: Caller & { kind: 'member' }, id: string): Promise<EvidenceFile> =>
  inTenant(caller, ['AuditEvent', 'export'], async (tx, tenant) => {
    const file = evidenceFile(await store.find(tx, tenant.organisationId, SCHEMA, known(id)));
    const { object, fields } = store.exported(id);
    await tenant.record('audit.exported@1', { object }, fields);
    return file;
  });

/** The same in the provider's own log. */
export const exportProviderEvidence = (secret: string, id: string, source?: Source): Promise<EvidenceFile> =>
  store.asStaff(secret, async (tx, who) => {
    const file = evidenceFile(await store.find(tx, null, SCHEMA, known(id)));
    await store.recordExport(tx, who.userId, id, source);
    return file;
  });

function known(id: string): string {
  if (!eventId.safeParse(id).success) throw auditLogErrors('evidence.not_found');
  return id;
}

function evidenceFile(entry: AuditEntry | null): EvidenceFile {
  const { statement, evidence } = entry?.personal ?? {};
  if (!entry || statement?.state !== 'present' || evidence?.state !== 'present' || evidence.value === '')
    throw auditLogErrors('evidence.not_found');
  const parts = { statement: statement.value, evidence: JSON.parse(String(evidence.value)) as unknown };
  return { name: evidenceName(entry.id), text: `${JSON.stringify(parts, null, 2)}\n` };
}
