import { readSheet, type Sheet } from '@/lib/kernel/grant';
import type { UidRange } from './accounts';
import type { Held } from './plan';
import type { SignedSheet } from './sheet';

/** What an agent must not forget: written before it is acted on, as one file of root alone. */
export interface State {
  /** The newest sheet, as it came. It was verified when it was taken. */
  signed: SignedSheet | null;
  sheet: Sheet | null;
  /** Everything that has something on this host, until nothing of it is left. */
  held: readonly Held[];
  /** The uid that the next account gets. */
  nextUid: number;
}

const FORMAT = 'cordon-host-state/1';

export const emptyState = ({ from }: UidRange): State => ({ signed: null, sheet: null, held: [], nextUid: from });

export const stateText = ({ signed, held, nextUid }: State): string =>
  JSON.stringify({ format: FORMAT, signed, held, nextUid });

/** Throws for what `stateText` did not write: better not to run than to forget what to end. */
export function readState(text: string): State {
  const { format, signed, held, nextUid } = JSON.parse(text) as { format?: string } & Omit<State, 'sheet'>;
  const sheet = signed ? readSheet(signed.sheet) : null;
  if (format !== FORMAT || !Array.isArray(held) || !Number.isInteger(nextUid) || (signed && !sheet))
    throw new Error('the state of this host is not readable');
  return { signed, sheet, held, nextUid };
}
