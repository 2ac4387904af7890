import { auditSource, guarded } from '@/lib/identity';
import { downloadRecording } from '@/lib/recordings';
import { fileQuery } from '@/lib/recordings/schemas';
import { answerFor, type SessionContext } from '../answers';

/** The screen record to take away: as it came, for players, or what the audit log says of it. That it was taken is recorded. */
export const GET = guarded(
  { action: 'read', subject: 'ProductionSession', realm: 'staff' },
  async ({ secret }, request: Request, { params }: SessionContext): Promise<Response> =>
    answerFor(request, fileQuery, async ({ as }) => {
      const { name, stream } = await downloadRecording(
        { secret, source: await auditSource() },
        (await params).session,
        as,
      );
      return new Response(stream(), {
        headers: {
          'content-type': 'application/octet-stream',
          'content-disposition': `attachment; filename="${name}"`,
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        },
      });
    }),
);
