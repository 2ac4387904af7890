/** What every signed-in area adds to its frame: news of the account above the page, and an end to the page when the session ends. */
import { listUnread } from '@/lib/notices';
import { NewsBanner } from './news-banner';
import { SessionWatch } from './session-watch';

export async function SignedIn({ secret, organisationId }: { secret: string; organisationId?: string }) {
  const news = await listUnread(secret);
  return (
    <>
      {news.length > 0 ? <NewsBanner news={news} /> : null}
      <SessionWatch organisationId={organisationId} />
    </>
  );
}
