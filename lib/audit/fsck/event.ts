import { leafHash } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { entryOfRow, type Header } from '../leaf';
import type { StoredEvent } from './store';

export interface CheckedEvent {
  /** Hash of the entry that the row gives, computed from its header, seed and commitments; null when it gives none. */
  leaf: Uint8Array | null;
  /** Set when the stored entry is not the computed one. */
  altered: boolean;
  /** The first column that differs from the header. */
  column: string | null;
}

/** The event as it is stored, without its personal values: those are sealed, and checked against their commitments where they are read. */
export function checkEvent(row: StoredEvent, log: string): CheckedEvent {
  try {
    const entry = entryOfRow(row, primitives);
    return {
      leaf: leafHash(primitives, entry),
      altered: !row.entry.equals(entry),
      column: otherColumn(row, log),
    };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError)
      return { leaf: null, altered: true, column: null };
    throw error;
  }
}

const COLUMNS = [
  'id',
  'organisationId',
  'actId',
  'schema',
  'outcome',
  'actorKind',
  'actor',
  'objectType',
  'objectId',
  'projectId',
] as const satisfies readonly (keyof StoredEvent & keyof Header)[];

/** Filters and row policies go by columns: what they show of an event must be what the event commits to. */
function otherColumn(row: StoredEvent, log: string): string | null {
  const header = JSON.parse(row.header.toString('utf8')) as Header;
  if ((row.organisationId ?? 'provider') !== log) return 'organisationId';
  if (header.at !== row.at.toISOString()) return 'at';
  return COLUMNS.find((name) => (header[name] ?? null) !== (row[name] ?? null)) ?? null;
}
