import type { ProofDownload } from '@/lib/transparency';

/** A file to keep, never to be shown or cached. Its name is made of an event's id. */
export const proofAnswer = ({ name, text }: ProofDownload): Response =>
  new Response(text, {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
