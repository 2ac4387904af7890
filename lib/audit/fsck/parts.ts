/** What the check of everything shares with the check of a part (lib/audit/checks). */
import { eventsOf, notes, type Source } from './source';

export { openSigned } from './checkpoints';
export { Findings } from './faults';
export { newestCheckpoint, type Queryable, readBounds, readTilesOf } from './store';

export const sourceOf = (log: string): Source => (log === 'operator' ? notes : eventsOf(log));
