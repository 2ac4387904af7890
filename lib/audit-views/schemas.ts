import { z } from 'zod';
import { type AuditFilter, auditFilter } from '@/lib/audit-log/schemas';

/** Saved views of an audit log. Safe to import in the browser. */
export const VIEWS_AT_MOST = 50;

export interface SavedView {
  id: string;
  name: string;
  filter: AuditFilter;
  /** Seen by everybody who reads the log. */
  shared: boolean;
  own: boolean;
}

/** The filter comes as the page's own parameters. */
export const saveView = auditFilter.omit({ cursor: true }).extend({
  name: z.string().trim().min(1, 'Give it a name.').max(80, 'At most 80 characters.'),
  shared: z.preprocess((value) => value === 'on', z.boolean()),
});
export const removeView = z.object({ viewId: z.string().max(64) });
export type SaveView = z.output<typeof saveView>;
