/** What the routes of a transparency log answer (C2SP tlog-tiles). */

export const noteAnswer = (note: Uint8Array): Response =>
  new Response(Buffer.from(note), {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });

/** Kept for good: what a path names never changes. `private` where not everybody may have it. */
export const tileAnswer = (bytes: Uint8Array, whose: 'public' | 'private'): Response =>
  new Response(Buffer.from(bytes), {
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': `${whose}, max-age=31536000, immutable`,
      'x-content-type-options': 'nosniff',
    },
  });

/** Records of events, one a line. */
export const openingsAnswer = (lines: string): Response =>
  new Response(lines, {
    headers: {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
/** The ids in a path. A comma arrives as it was written, or encoded. */
export const idsOf = (path: string): string[] => path.split(/,|%2C/i);

/** `tile/…` as it was asked for, not decoded, so that a tile has one spelling. */
export function tilePathOf(request: Request): string {
  const { pathname } = new URL(request.url);
  return pathname.slice(pathname.indexOf('/tile/') + 1);
}
