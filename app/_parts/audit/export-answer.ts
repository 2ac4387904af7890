import type { Download } from '@/lib/audit-export';

/** A file to keep, never to be shown or cached, with its digest (RFC 9530). Its name is made of the export's id. */
export const exportAnswer = ({ name, bytes, sha256, stream }: Download): Response =>
  new Response(stream(), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(bytes),
      'content-disposition': `attachment; filename="${name}"`,
      'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });

/** What a file holds, for whoever files it away. */
export const aboutAnswer = (about: object): Response =>
  new Response(`${JSON.stringify(about, null, 2)}\n`, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
