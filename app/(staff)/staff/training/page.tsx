import type { Metadata } from 'next';
import { Empty } from '@/app/_ui/empty';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { readTraining } from '@/lib/training';
import type { EmployeeRecord, TrainingView } from '@/lib/training/schemas';
import { type StaffPage, staff } from '../../_frame/door';
import { PublishAgreement, RecordPlace, RecordTraining, SignAgreement } from './training-acts';

export const metadata: Metadata = { title: 'Training' };

export default async function TrainingPage() {
  const page = await staff();
  const view = await readTraining({ secret: page.secret });
  const people = view.people.filter(({ active }) => active).map(({ id, name }) => ({ id, name }));
  const others = people.filter(({ id }) => id !== page.userId);
  const record = page.reason('record', 'Training');
  return (
    <Page>
      <PageHead
        title="Training"
        lede="What access to production takes of everybody. Each record expires by itself, and what runs on it ends then."
        acts={
          <>
            <PublishAgreement reason={page.reason('publish', 'Agreement')} />
            <RecordPlace people={people} reason={page.reason('record', 'EmployeePlace')} />
            <RecordTraining
              people={others}
              reason={record ?? (others.length === 0 ? 'There is nobody else.' : undefined)}
            />
          </>
        }
      />
      <Stack gap={8}>
        <Own of={view} page={page} />
        <Section title="Everybody" note={String(view.people.length)}>
          <People of={view.people} />
        </Section>
      </Stack>
    </Page>
  );
}

function Own({ of: { own, agreement }, page }: { of: TrainingView; page: StaffPage }) {
  const signed = own.agreement ? `You signed it; it holds until ${own.agreement.slice(0, 10)}.` : undefined;
  return (
    <Section
      title="Confidentiality agreement"
      note={agreement ? `version ${agreement.version}, of ${agreement.publishedAt.slice(0, 10)}` : undefined}
    >
      <Stack gap={4}>
        {agreement ? (
          <div>
            <SignAgreement agreement={agreement} reason={page.reason('sign', 'AgreementSignature') ?? signed} />
          </div>
        ) : (
          <Empty title="There is no agreement yet" compact>
            Nobody gets access to production before there is one and they have signed it.
          </Empty>
        )}
        {own.missing.length > 0 ? (
          <Note tone="notice" title="You are not ready for access to production.">
            Missing: {own.missing.join('; ')}.
          </Note>
        ) : (
          <Note tone="success" title="You have all that access to production takes." />
        )}
      </Stack>
    </Section>
  );
}

function People({ of }: { of: readonly EmployeeRecord[] }) {
  return (
    <Table
      label="Records"
      density="row"
      edge
      rows={of}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'who',
          head: 'Who',
          grow: true,
          cell: ({ name, readiness: { place }, active }) => (
            <NameCell
              name={name}
              more={active ? undefined : 'disabled'}
              under={place ? `${place.employer}, ${place.country}` : undefined}
            />
          ),
        },
        { id: 'general', head: 'General', hide: true, cell: ({ readiness }) => <Until at={readiness.general} /> },
        {
          id: 'additional',
          head: 'Additional',
          hide: true,
          cell: ({ readiness }) => <Until at={readiness.additional} />,
        },
        { id: 'agreement', head: 'Agreement', hide: true, cell: ({ readiness }) => <Until at={readiness.agreement} /> },
        {
          id: 'place',
          head: 'Employer',
          hide: true,
          cell: ({ readiness: { place } }) => (place ? `${place.employer}, ${place.country}` : '–'),
        },
        {
          id: 'ready',
          head: 'Ready',
          cell: ({ readiness: { missing } }) =>
            missing.length === 0 ? (
              <Status state="verified" word="Ready" />
            ) : (
              <Status state="planned" word="Not ready" detail={`${missing.length} missing`} />
            ),
        },
      ]}
    />
  );
}

const Until = ({ at }: { at: string | null }) => (at ? <>to {at.slice(0, 10)}</> : <span className="quiet">–</span>);
