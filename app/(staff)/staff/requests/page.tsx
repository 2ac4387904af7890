import clsx from 'clsx';
import type { Metadata } from 'next';
import { AutoRefresh } from '@/app/_parts/auto-refresh';
import { ButtonLink } from '@/app/_ui/button';
import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';
import { one, type Params } from '@/app/_ui/query';
import { grantErrors, listRequests, readRequest } from '@/lib/grants';
import { staff } from '../../_frame/door';
import { Queue } from './_parts/queue';
import { Request } from './_parts/request';
import { Signatures } from './_parts/signatures';
import styles from './requests.module.css';

export const metadata: Metadata = { title: 'Requests' };

const QUEUE = 50;

export default async function RequestsPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const caller = { secret: page.secret };
  const pending = await listRequests(caller, { states: ['pending'] }, QUEUE);
  const reviews = await listRequests(caller, { review: true }, QUEUE);
  const waiting = [...pending.lines.filter(({ state }) => state === 'pending'), ...reviews.lines].sort(
    (a, b) => rank(a) - rank(b) || a.decideBy.localeCompare(b.decideBy),
  );
  const asked = one(params, 'open');
  const open = asked ?? waiting[0]?.id;
  const request = open
    ? await readRequest(caller, open).catch((error) => {
        if (grantErrors.is(error) && error.code === 'grant.not_found') return null;
        throw error;
      })
    : null;
  const askReason = page.reason('create', 'AccessRequest');
  if (!request)
    return (
      <Page>
        <PageHead
          title="Requests"
          lede="Access to production is asked for, agreed to by several people with their passkeys, and ends by itself."
          acts={<AskLink reason={askReason} />}
        />
        <Empty title={asked ? 'No such request' : 'Nothing waits'} action={<AskLink reason={askReason} />}>
          {asked
            ? 'It was never asked for, or the link is wrong.'
            : 'Requests that want an answer, and break-glass that wants a review, stand here.'}
        </Empty>
      </Page>
    );
  return (
    <Page bleed>
      <div className={clsx(styles.three, asked && styles.opened)}>
        <Queue of={waiting} open={open}>
          <AskLink reason={askReason} quiet />
          <AutoRefresh />
        </Queue>
        <Request of={request} />
        <Signatures of={request} mayRevoke={page.reason('revoke', 'AccessRequest') === undefined} />
      </div>
    </Page>
  );
}

const AskLink = ({ reason, quiet }: { reason?: string; quiet?: boolean }) => (
  <ButtonLink href="/staff/requests/new" variant={quiet ? 'default' : 'primary'} icon="plus" reason={reason}>
    Ask for access
  </ButtonLink>
);

/** What needs the reader first. */
const rank = ({ yours }: { yours: object }): number => ('role' in yours ? 0 : 1);
