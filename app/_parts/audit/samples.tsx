/** Samples of an organisation's log, for whoever may draw them: the list of them, and one with its events. */
import Link from 'next/link';
import { ButtonLink } from '@/app/_ui/button';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { formatExact, formatNumber } from '@/app/_ui/format';
import { Row, Stack } from '@/app/_ui/layout';
import { PageHead } from '@/app/_ui/page';
import { type Params, withParams } from '@/app/_ui/query';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { exportSampleAction } from '@/app/(auditor)/auditor/samples/actions';
import type { JoinedView } from '@/lib/audit-log/schemas';
import type { SampleView } from '@/lib/audit-sample/schemas';
import { ExportSample } from './export-sample';
import { SampleTable } from './sample-table';

export interface SamplesProps {
  samples: readonly SampleView[];
  /** Of the list, and of the log. */
  path: string;
  log: string;
  /** Parameters of both that are no filters: the organisation. */
  keep?: Params;
}

export function Samples({ samples, path, log, keep = {} }: SamplesProps) {
  return (
    <>
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
        href={({ id }) => withParams(path, keep, { sample: id })}
        columns={[
          {
            id: 'at',
            head: 'Drawn',
            tight: true,
            hide: true,
            cell: ({ createdAt }) => <Time at={createdAt} mode="exact" />,
          },
          {
            id: 'what',
            head: 'Population',
            grow: true,
            link: true,
            cell: (sample) => (
              <NameCell name={<Mono>{wordsOf(sample)}</Mono>} under={`Drawn ${formatExact(sample.createdAt)}`} />
            ),
          },
          { id: 'count', head: 'Sample', align: 'num', cell: (sample) => countOf(sample) },
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
              <Link className="link" href={withParams(log, keep, {})}>
                To the log
              </Link>
            }
          >
            A sample is so many events of a population, chosen by a seed that both sides agreed on and not by anybody.
            Filter the log to the population, then choose Sample there.
          </Empty>
        }
      />
    </>
  );
}

export interface SampleProps {
  organisationId: string;
  sample: SampleView;
  events: readonly JoinedView[];
  log: string;
  /** Page of the exports. */
  exports: string;
  keep?: Params;
}

export function Sample({ organisationId, sample, events, log, exports, keep = {} }: SampleProps) {
  const drawn = drawnOf(sample);
  const hidden = drawn - events.length;
  return (
    <>
      <PageHead
        title="Sample"
        count={`${countOf(sample)} events`}
        lede="Each event with what belongs to its act. Times are UTC. Your reading is recorded too."
        acts={
          <Row gap={2}>
            <ButtonLink href={exports} prefetch={false}>
              Exports
            </ButtonLink>
            <ExportSample action={exportSampleAction} hidden={{ organisationId, sampleId: sample.id }} />
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
        {hidden > 0 ? (
          <p className="small quiet">
            {formatNumber(hidden)} of them {hidden === 1 ? 'is' : 'are'} not shown: outside of what you see now.
          </p>
        ) : null}
        <SampleTable events={events} log={log} keep={keep} />
      </Stack>
    </>
  );
}

const wordsOf = ({ filter }: SampleView): string => (filter.length === 0 ? 'All events' : filter.join('; '));
const drawnOf = ({ wanted, population }: SampleView): number => Math.min(wanted, population);
const countOf = (sample: SampleView): string =>
  `${formatNumber(drawnOf(sample))} of ${formatNumber(sample.population)}`;
