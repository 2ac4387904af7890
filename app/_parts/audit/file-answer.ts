/** A file to keep, never to be shown or cached. Its name is made of an event's id. */
export const fileAnswer = ({ name, text }: { name: string; text: string }, type: string): Response =>
  new Response(text, {
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
