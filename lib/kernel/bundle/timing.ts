/** How often control renews every lease. */
export const BEAT_MS = 5_000;

/** How long a lease holds; past it an edge enforces what it has, and each project says for how long it still takes new joins. */
export const LEASE_MS = 30_000;

/** No word from an edge for three beats: out of contact. */
export const SILENT_MS = 3 * BEAT_MS;
