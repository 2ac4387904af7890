import type { EvidenceFile } from '@/lib/audit-log';

/** A file to keep, never to be shown or cached. Its name is made of an event's id. */
export const evidenceAnswer = ({ name, text }: EvidenceFile): Response =>
  new Response(text, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
