import type { Header } from './leaf';
import type { AuditEntry } from './read';

/**
 * `altered`: what is stored is not what the log holds at this place. `pruned`: it went, as was agreed. `missing`: nothing is stored there any
 * more, and nobody agreed to that.
 */
export type PlacedState = 'intact' | 'altered' | 'pruned' | 'missing';

export interface PlacedEvent {
  /** Its place in the log. */
  index: number;
  state: PlacedState;
  /** Null when it is pruned or missing. */
  entry: AuditEntry | null;
}

export interface ReadableEvent extends Header {
  index: number;
  state: PlacedState;
  /** Values that are there, and of the others only what became of them: `erased`, `withheld`, `altered`. */
  personal: Record<string, unknown>;
  closed: Record<string, string>;
}

/**
 * An event in the form that programs of others read: lines of an export, batches of a stream. A changed header may hold members of any name: none
 * of them stands for what is said here of its place.
 */
export function readableEvent({
  index,
  state,
  entry,
}: PlacedEvent): ReadableEvent | Pick<PlacedEvent, 'index' | 'state'> {
  if (!entry) return { index, state };
  const [personal, closed]: [Record<string, unknown>, Record<string, string>] = [{}, {}];
  for (const [name, field] of Object.entries(entry.personal))
    if (field.state === 'present') personal[name] = field.value;
    else closed[name] = field.state;
  // One copy, in which what is not told is undefined: to leave a member out of a copy takes several times as long.
  const event = { index, state, ...entry, altered: undefined, personal, closed };
  event.index = index;
  event.state = state;
  return event;
}
