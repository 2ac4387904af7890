import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { type InviteEmployee, inviteEmployee } from './schemas';

/** Limits of one import, looked at before anything is parsed. */
export const IMPORT_LIMITS = { bytes: 64 * 1024, rows: 100 } as const;

export interface ImportFault {
  /** Line of the text, counted from 1, the heading included. */
  readonly line: number;
  readonly says: string;
}

export type ImportPlan =
  | { readonly ok: true; readonly rows: readonly InviteEmployee[] }
  | { readonly ok: false; readonly faults: readonly ImportFault[] };

const COLUMNS = ['email', 'role'];

/**
 * Reads a list of people to invite: CSV (RFC 4180) with a heading line that names the columns `email` and `role`, in any order; further columns
 * are ignored. All lines or none: one bad line refuses the list, and every bad line is named.
 */
export function planImport(text: string): ImportPlan {
  if (Buffer.byteLength(text) > IMPORT_LIMITS.bytes) return fault(1, 'The list is longer than 64 KiB.');
  let records: { record: Record<string, string>; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      columns: (heading: string[]) => heading.map((name) => name.trim().toLowerCase()),
      info: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 4096,
    }) as unknown as typeof records;
  } catch (error) {
    const { lines } = error as { lines?: number };
    return fault(
      lines ?? 1,
      'This line is not CSV: a quote is left open, or it has more or fewer columns than the heading.',
    );
  }
  if (records.length === 0) return fault(1, 'The list is empty. The first line names the columns: email,role.');
  if (records.length > IMPORT_LIMITS.rows) return fault(IMPORT_LIMITS.rows + 2, 'One list holds at most 100 people.');
  const missing = COLUMNS.filter((name) => !(name in records[0]!.record));
  if (missing.length > 0) return fault(1, `The heading has no column ${missing.join(' and no column ')}.`);
  return checked(records.map(({ record, info }) => ({ ...record, line: info.lines })));
}

function checked(records: { line: number; email?: string; role?: string }[]): ImportPlan {
  const rows: InviteEmployee[] = [];
  const faults: ImportFault[] = [];
  const seen = new Map<string, number>();
  for (const { line, email, role } of records) {
    const row = inviteEmployee.safeParse({ email, role: role?.toLowerCase() });
    if (!row.success) {
      faults.push({
        line,
        says: z.flattenError(row.error).fieldErrors.email ? 'This is no email address.' : ROLE_SAYS,
      });
      continue;
    }
    const before = seen.get(row.data.email);
    if (before !== undefined) faults.push({ line, says: `The same address stands in line ${before}.` });
    seen.set(row.data.email, line);
    rows.push(row.data);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, rows };
}

const ROLE_SAYS = 'The role is one of administrator, security, support, auditor.';

const fault = (line: number, says: string): ImportPlan => ({ ok: false, faults: [{ line, says }] });
