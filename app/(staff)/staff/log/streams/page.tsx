import type { Metadata } from 'next';
import { CreateStream } from '@/app/_parts/audit/create-stream';
import { openStream } from '@/app/_parts/audit/open-stream';
import { StreamList } from '@/app/_parts/audit/stream-list';
import { Crumb } from '@/app/_ui/crumb';
import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';
import type { Params } from '@/app/_ui/query';
import { listStreams } from '@/lib/audit-stream';
import { staff } from '../../../_frame/door';
import {
  changeProviderStreamAction,
  createProviderStreamAction,
  deleteProviderStreamAction,
  pauseProviderStreamAction,
  resumeProviderStreamAction,
  rotateProviderStreamSecretAction,
  sendProviderStreamAgainAction,
  testProviderStreamAction,
} from './actions';

export const metadata: Metadata = { title: 'Streams' };

const ACTIONS = {
  create: createProviderStreamAction,
  change: changeProviderStreamAction,
  rotate: rotateProviderStreamSecretAction,
  test: testProviderStreamAction,
  pause: pauseProviderStreamAction,
  resume: resumeProviderStreamAction,
  remove: deleteProviderStreamAction,
  sendAgain: sendProviderStreamAgainAction,
};

const LEDE = 'Every event of the provider’s log, in order and at least once, to a receiver of the provider’s.';

export default async function ProviderStreamsPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, query] = await Promise.all([staff(), searchParams]);
  if (page.reason('read', 'AuditStream')) {
    return (
      <Page>
        <PageHead title="Streams" lede={LEDE} />
        <Empty title={`Not part of the role ${page.staffRole}`}>
          Administrators, security staff and the provider’s auditors see where this log is streamed to.
        </Empty>
      </Page>
    );
  }
  const as = { kind: 'staff', secret: page.secret } as const;
  const [streams, open] = [await listStreams(as), await openStream(as, query)];
  const reason = page.reason('change', 'AuditStream');
  return (
    <Page>
      <Crumb items={[{ label: 'Streams' }]} />
      <PageHead
        title="Streams"
        lede={LEDE}
        acts={<CreateStream action={createProviderStreamAction} hidden={{}} log="The provider’s log" reason={reason} />}
      />
      <StreamList
        streams={streams}
        open={open}
        path="/staff/log/streams"
        actions={ACTIONS}
        hidden={{}}
        reason={reason}
      />
    </Page>
  );
}
