import { openValues } from '@/lib/audit/values';

/** A personal value of the audit log, opened with the keyring of this process. */
export interface Personal {
  eventId: string;
  actId: string;
  schema: string;
  organisationId: string | null;
  subject: string;
  name: string;
  value: unknown;
}

type Sql = (text: string, values?: unknown[]) => Promise<object[]>;

/** Of the events that fit, oldest first; `where` speaks of `e` (AuditEvent) and `v` (AuditValue). Throws when one does not open. */
export async function personalValues(sql: Sql, where = 'true', values: unknown[] = []): Promise<Personal[]> {
  const rows = (await sql(
    `select v."eventId", e."actId", e."schema", e."organisationId", v."subject", v."sealed"
     from "AuditValue" v join "AuditEvent" e on e."id" = v."eventId" where ${where} order by e."at", e."id", v."subject"`,
    values,
  )) as (Omit<Personal, 'name' | 'value'> & { sealed: Buffer })[];
  const opened = await openValues(rows.map(({ eventId, sealed }) => ({ eventId, sealed: sealed.toString('base64') })));
  return rows.flatMap(({ sealed: _, ...row }, i) => {
    const fields = opened[i];
    if (!(fields instanceof Map)) throw new Error(`values of ${row.schema} do not open`);
    return Array.from(fields, ([name, { value }]) => ({ ...row, name, value }));
  });
}
