import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Sample, Samples } from '@/app/_parts/audit/samples';
import { Page } from '@/app/_ui/page';
import { one, type Params } from '@/app/_ui/query';
import { listSamples, readSample } from '@/lib/audit-sample';
import { isCordonError } from '@/lib/platform';
import { AuditorFrame } from '../../_frame/auditor-frame';
import { type AuditorPage, auditor, slugOf } from '../../_frame/door';

const PATH = '/auditor/samples';
const LOG = '/auditor';

/** Asks for the right first: for everybody else not even the title is here. */
export async function generateMetadata({ searchParams }: { searchParams: Promise<Params> }): Promise<Metadata> {
  await auditor(PATH, slugOf((await searchParams).organisation));
  return { title: 'Samples' };
}

export default async function SamplesPage({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  const page = await auditor(PATH, slugOf(params.organisation));
  return (
    <AuditorFrame page={page} path={PATH}>
      <Content page={page} id={one(params, 'sample')} />
    </AuditorFrame>
  );
}

async function Content({ page: { principal, organisation }, id }: { page: AuditorPage; id: string | undefined }) {
  const caller = { kind: 'member' as const, secret: principal.secret, organisationId: organisation.id };
  const keep = { organisation: organisation.slug };
  if (id === undefined)
    return (
      <Page>
        <Samples samples={await listSamples(caller)} path={PATH} log={LOG} keep={keep} />
      </Page>
    );
  const found = await readSample(caller, id).catch((error: unknown) => {
    if (isCordonError(error) && error.status === 404) notFound();
    throw error;
  });
  const exports = `/${organisation.slug}/audit/exports`;
  return (
    <Page>
      <Sample {...found} organisationId={organisation.id} log={LOG} exports={exports} keep={keep} />
    </Page>
  );
}
