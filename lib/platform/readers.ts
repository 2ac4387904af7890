let outlives = false;

/**
 * Whoever read what this process writes may be gone, and the pipe with them. Unheard, the error of such a write ends the process; or somebody who
 * hears all errors writes it down, which fails again, without end. What nobody can read any more is lost instead.
 */
export function outliveReaders(): void {
  if (outlives) return;
  outlives = true;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
