import type { z } from 'zod';
import type { RecordingDownload } from '@/lib/recordings';

/** What the routes of a session share. */
export interface SessionContext {
  params: Promise<{ session: string }>;
}

/** Reads the query by its schema; one that does not fit is a bad request. */
export function answerFor<S extends z.ZodType>(
  request: Request,
  schema: S,
  work: (query: z.output<S>) => Promise<Response>,
): Promise<Response> {
  const query = schema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (query.success) return work(query.data);
  return Promise.resolve(new Response(null, { status: 400, headers: { 'cache-control': 'no-store' } }));
}

/** The same, answered as JSON that is not kept. */
export const answerJson = <S extends z.ZodType>(
  request: Request,
  schema: S,
  work: (query: z.output<S>) => Promise<unknown>,
): Promise<Response> =>
  answerFor(request, schema, async (query) =>
    Response.json(await work(query), {
      headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
    }),
  );

/** A file to take away, that nobody on the way keeps. */
export const answerFile = ({ name, stream }: RecordingDownload): Response =>
  new Response(stream(), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    },
  });
