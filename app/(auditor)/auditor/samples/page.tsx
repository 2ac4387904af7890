import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { ExportSample } from '@/app/_parts/audit/export-sample';
import { SampleTable } from '@/app/_parts/audit/sample-table';
import { ButtonLink } from '@/app/_ui/button';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { formatNumber } from '@/app/_ui/format';
import { Row, Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { one, type Params } from '@/app/_ui/query';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { listSamples, readSample } from '@/lib/audit-sample';
import type { SampleView } from '@/lib/audit-sample/schemas';
import { isCordonError } from '@/lib/platform';
import { AuditorFrame } from '../../_frame/auditor-frame';
import { type AuditorPage, auditor, slugOf } from '../../_frame/door';
import { exportSampleAction } from './actions';

const PATH = '/auditor/samples';

/** Asks for the right first: for everybody else not even the title is here. */
export async function generateMetadata({ searchParams }: { searchParams: Promise<Params> }): Promise<Metadata> {
  await auditor(PATH, slugOf((await searchParams).organisation));
  return { title: 'Samples' };
}

export default async function SamplesPage({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  const page = await auditor(PATH, slugOf(params.organisation));
  const id = one(params, 'sample');
  return (
    <AuditorFrame page={page} path={PATH}>
      {id === undefined ? <Samples page={page} /> : <Sample page={page} id={id} />}
    </AuditorFrame>
  );
}

const callerOf = ({ principal, organisation }: AuditorPage) => ({
  kind: 'member' as const,
  secret: principal.secret,
  organisationId: organisation.id,
});

async function Samples({ page }: { page: AuditorPage }) {
  const samples = await listSamples(callerOf(page));
  const of = (sample: string) => `${PATH}?organisation=${page.organisation.slug}&sample=${sample}`;
  return (
    <Page>
      <PageHead
        title="Samples"
        count={formatNumber(samples.length)}
        lede="Drawn from a filtered log at a named checkpoint, by a rule and a seed: anybody can draw them again."
      />
      <Table
        label="Samples"
        edge
        density="row"
        rows={samples}
        rowKey={({ id }) => id}
        href={({ id }) => of(id)}
        columns={[
          { id: 'at', head: 'Drawn', tight: true, cell: ({ createdAt }) => <Time at={createdAt} mode="exact" /> },
          { id: 'what', head: 'Population', grow: true, link: true, cell: (sample) => <Mono>{wordsOf(sample)}</Mono> },
          {
            id: 'count',
            head: 'Sample',
            align: 'num',
            cell: ({ wanted, population }) =>
              `${formatNumber(Math.min(wanted, population))} of ${formatNumber(population)}`,
          },
          {
            id: 'by',
            head: 'By',
            hide: true,
            quiet: true,
            cell: ({ drawnBy }) => <bdi>{drawnBy ?? 'Somebody not visible to you'}</bdi>,
          },
        ]}
        empty={
          <Empty
            title="No samples yet"
            action={
              <Link className="link" href={`/auditor?organisation=${page.organisation.slug}`}>
                To the log
              </Link>
            }
          >
            Choose the population with the filters of the log, then Sample.
          </Empty>
        }
      />
    </Page>
  );
}

const wordsOf = ({ filter }: SampleView): string => (filter.length === 0 ? 'All events' : filter.join('; '));

async function Sample({ page, id }: { page: AuditorPage; id: string }) {
  const { sample, events } = await readSample(callerOf(page), id).catch((error: unknown) => {
    if (isCordonError(error) && error.status === 404) notFound();
    throw error;
  });
  const { organisation } = page;
  const log = `/auditor?organisation=${organisation.slug}`;
  const drawn = Math.min(sample.wanted, sample.population);
  return (
    <Page>
      <PageHead
        title="Sample"
        count={`${formatNumber(drawn)} of ${formatNumber(sample.population)} events`}
        lede="Each event with what belongs to its act. Times are UTC. Your reading is recorded too."
        acts={
          <Row gap={2}>
            <ButtonLink href={`/${organisation.slug}/audit/exports`} prefetch={false}>
              Exports
            </ButtonLink>
            <ExportSample
              action={exportSampleAction}
              hidden={{ organisationId: organisation.id, sampleId: sample.id }}
            />
          </Row>
        }
      />
      <Stack gap={6}>
        <DefinitionList
          ruled
          items={[
            { term: 'Population', value: <Mono wrap>{wordsOf(sample)}</Mono> },
            {
              term: 'Range',
              value: `#${formatNumber(sample.from)} to #${formatNumber(sample.to - 1)}, checkpoint over ${formatNumber(sample.size)} entries`,
            },
            {
              term: 'Seed',
              value: (
                <>
                  <Mono wrap>{sample.seed}</Mono>{' '}
                  <span className="quiet">{sample.seedGiven ? 'given' : 'made at random'}</span>
                </>
              ),
            },
            {
              term: 'Rule',
              value: 'The places with the lowest SHA-256 of rule, seed and place (cordon/audit/sample/v1)',
            },
            {
              term: 'Drawn',
              value: (
                <>
                  <Time at={sample.createdAt} mode="exact" /> by{' '}
                  <bdi>{sample.drawnBy ?? 'somebody not visible to you'}</bdi>
                </>
              ),
            },
          ]}
        />
        {events.length < drawn ? (
          <p className="small quiet">
            {formatNumber(drawn - events.length)} of them {drawn - events.length === 1 ? 'is' : 'are'} not shown:
            outside of what you see now.
          </p>
        ) : null}
        <SampleTable events={events} log={log} />
      </Stack>
    </Page>
  );
}
