import type { Metadata } from 'next';
import { CreateStream } from '@/app/_parts/audit/create-stream';
import { openStream } from '@/app/_parts/audit/open-stream';
import { StreamList } from '@/app/_parts/audit/stream-list';
import { Crumb } from '@/app/_ui/crumb';
import { Page, PageHead } from '@/app/_ui/page';
import type { Params } from '@/app/_ui/query';
import { roleMay, roleReason } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { listStreams } from '@/lib/audit-stream';
import { customer } from '../../../../_frame/door';
import {
  changeStreamAction,
  createStreamAction,
  deleteStreamAction,
  pauseStreamAction,
  resumeStreamAction,
  rotateStreamSecretAction,
  sendAgainAction,
  testStreamAction,
} from './actions';

export const metadata: Metadata = { title: 'Streams' };

const ACTIONS = {
  create: createStreamAction,
  change: changeStreamAction,
  rotate: rotateStreamSecretAction,
  test: testStreamAction,
  pause: pauseStreamAction,
  resume: resumeStreamAction,
  remove: deleteStreamAction,
  sendAgain: sendAgainAction,
};

export default async function StreamsPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const page = await customer(org);
  const { caller, base, role, organisation } = page;
  if (!roleMay(page, 'read', 'AuditStream'))
    return <RoleNotice title="Streams" role={role} what="Streams carry the audit log to a receiver of yours." />;
  const [streams, open] = [await listStreams(caller), await openStream(caller, query)];
  const hidden = { organisationId: organisation.id };
  const reason = roleReason(page, 'change', 'AuditStream');
  return (
    <Page>
      <Crumb items={[{ label: 'Streams' }]} />
      <PageHead
        title="Streams"
        lede="Every event of this organisation’s audit log, in order and at least once, to a receiver of yours."
        acts={<CreateStream action={createStreamAction} hidden={hidden} log="This organisation" reason={reason} />}
      />
      <StreamList
        streams={streams}
        open={open}
        path={`${base}/audit/streams`}
        actions={ACTIONS}
        hidden={hidden}
        reason={reason}
      />
    </Page>
  );
}
