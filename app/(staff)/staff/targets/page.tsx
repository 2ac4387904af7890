import type { Metadata } from 'next';
import { targetName } from '@/app/_parts/access/words';
import { Empty } from '@/app/_ui/empty';
import { Row, Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import { Region } from '@/app/_ui/region';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { DataClass } from '@/app/_ui/tag';
import { readEligibility } from '@/lib/grants';
import type { EligibilityView, PolicyView } from '@/lib/grants/schemas';
import { staff } from '../../_frame/door';
import { ChangePolicy, ChangeTarget } from './target-forms';

export const metadata: Metadata = { title: 'Targets and policies' };

export default async function TargetsPage() {
  const page = await staff();
  const view = await readEligibility({ secret: page.secret });
  const target = page.reason('change', 'AccessTarget');
  const policy = page.reason('change', 'EligibilityPolicy');
  return (
    <Page>
      <PageHead
        title="Targets and policies"
        lede="What access to production can be asked for, whose data it holds, and who may ask."
        acts={
          <>
            <ChangeTarget trigger={{ label: 'Add a target', icon: 'plus', reason: target }} />
            <ChangePolicy trigger={{ label: 'Make a policy', icon: 'plus', variant: 'primary', reason: policy }} />
          </>
        }
      />
      <Stack gap={8}>
        <Section title="Policies" note={String(view.policies.length)}>
          <Policies of={view.policies} reason={policy} />
        </Section>
        <Section title="Targets" note={String(view.targets.length)}>
          <Targets of={view} reason={target} />
        </Section>
      </Stack>
    </Page>
  );
}

function Policies({ of, reason }: { of: readonly PolicyView[]; reason?: string }) {
  return (
    <Table
      label="Policies"
      density="row"
      edge
      rows={of}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'name',
          head: 'Policy',
          grow: true,
          cell: ({ name, version, roles }) => (
            <NameCell
              name={name}
              more={`version ${version}`}
              under={roles === null ? 'every role' : roles.join(', ')}
            />
          ),
        },
        {
          id: 'of',
          head: 'For',
          hide: true,
          cell: ({ classes, regions }) => `${classes.join(', ')} in ${regions.join(', ')}`,
        },
        { id: 'who', head: 'Roles', hide: true, cell: ({ roles }) => roles?.join(', ') ?? 'every role' },
        { id: 'minutes', head: 'Minutes', align: 'num', cell: ({ maxMinutes }) => maxMinutes },
        {
          id: 'needs',
          head: 'Needs',
          hide: true,
          cell: ({ security, onCall }) => `${security} of security${onCall > 0 ? `, ${onCall} on call` : ''}`,
        },
        {
          id: 'state',
          head: 'State',
          hide: true,
          cell: ({ ended, breakGlass }) =>
            ended ? (
              <Status state="closed" word="Ended" />
            ) : (
              <Status state="enforced" word="In force" detail={breakGlass ? 'break-glass' : undefined} />
            ),
        },
        {
          id: 'act',
          head: <span className="sr">Change</span>,
          align: 'num',
          tight: true,
          cell: (one) => <ChangePolicy policy={one} trigger={{ label: 'Change…', size: 'sm', reason }} />,
        },
      ]}
      empty={
        <Empty title="No policy yet" compact>
          Without one nobody can ask. A policy names classes of targets, regions and data, and who has to agree.
        </Empty>
      }
    />
  );
}

function Targets({ of: { targets, organisations }, reason }: { of: EligibilityView; reason?: string }) {
  const names = new Map(organisations.map(({ id, name }) => [id, name]));
  return (
    <Table
      label="Targets"
      density="row"
      edge
      rows={targets}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'name',
          head: 'Target',
          grow: true,
          cell: ({ id, class: of }) => <NameCell name={targetName(id)} more={of} />,
        },
        { id: 'region', head: 'Region', cell: ({ region }) => <Region code={region} /> },
        {
          id: 'data',
          head: 'Data',
          hide: true,
          cell: ({ dataClasses }) => (
            <Row gap={3}>
              {dataClasses.map((name) => (
                <DataClass key={name} name={name} />
              ))}
            </Row>
          ),
        },
        {
          id: 'whose',
          head: 'Whose',
          hide: true,
          cell: ({ id, organisations: of }) =>
            id.startsWith('app:')
              ? 'of the project'
              : of.length === 0
                ? 'nobody’s'
                : of.map((one) => names.get(one) ?? one).join(', '),
        },
        {
          id: 'state',
          head: 'State',
          hide: true,
          cell: ({ state }) =>
            state === 'active' ? <Status state="enforced" word="Active" /> : <Status state="closed" word="Retired" />,
        },
        {
          id: 'act',
          head: <span className="sr">Change</span>,
          align: 'num',
          tight: true,
          cell: (one) => <ChangeTarget target={one} trigger={{ label: 'Change…', size: 'sm', reason }} />,
        },
      ]}
      empty={
        <Empty title="No target yet" compact>
          Add a host, and say whose data it holds.
        </Empty>
      }
    />
  );
}
