import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Sample, Samples } from '@/app/_parts/audit/samples';
import { Crumb } from '@/app/_ui/crumb';
import { Page } from '@/app/_ui/page';
import { one, type Params } from '@/app/_ui/query';
import { roleMay } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { listSamples, readSample } from '@/lib/audit-sample';
import { isCordonError } from '@/lib/platform';
import { customer } from '../../../../_frame/door';

export const metadata: Metadata = { title: 'Samples' };

export default async function SamplesPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const page = await customer(org);
  const { caller, organisation, base, role } = page;
  if (!roleMay(page, 'export', 'AuditEvent'))
    return <RoleNotice title="Samples" role={role} what="Samples are events drawn from the audit log." />;
  const [path, log] = [`${base}/audit/samples`, `${base}/audit`];
  const id = one(query, 'sample');
  if (id === undefined)
    return (
      <Page>
        <Crumb items={[{ label: 'Samples' }]} />
        <Samples samples={await listSamples(caller)} path={path} log={log} />
      </Page>
    );
  const found = await readSample(caller, id).catch((error: unknown) => {
    if (isCordonError(error) && error.status === 404) notFound();
    throw error;
  });
  return (
    <Page>
      <Crumb items={[{ label: 'Samples', href: path }, { label: 'Sample' }]} />
      <Sample {...found} organisationId={organisation.id} log={log} exports={`${base}/audit/exports`} />
    </Page>
  );
}
