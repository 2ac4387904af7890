import type { Metadata } from 'next';
import { Empty } from '@/app/_ui/empty';
import { Figure, Figures } from '@/app/_ui/figure';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import { readCommittee } from '@/lib/committee';
import type { CommitteeView, DecisionView } from '@/lib/committee/schemas';
import { staff } from '../../_frame/door';
import { ProposeDesignation, ProposeMembers, ProposeWithdrawal, VoteDecision } from './committee-acts';
import { NameStandIn } from './stand-in-acts';
import { StandIns } from './stand-ins';

export const metadata: Metadata = { title: 'Security committee' };

export default async function CommitteePage() {
  const page = await staff();
  const view = await readCommittee({ secret: page.secret });
  const reason = page.reason('vote', 'CommitteeDecision');
  const founded = view.standing?.quorum != null;
  return (
    <Page>
      <PageHead
        title="Security committee"
        lede="It designates who may ask for access to production, who agrees, and who may break the glass. A decision holds once a quorum has signed it."
        acts={
          <>
            <ProposeMembers people={view.people} reason={reason} founding={!founded} />
            {founded ? <ProposeDesignation people={view.people} reason={reason} /> : null}
          </>
        }
      />
      <Stack gap={8}>
        <Standing of={view.standing} />
        {view.standing && founded ? (
          <Section title="Designations" note={String(view.standing.held.length)}>
            <Designations of={view.standing.held} reason={reason} />
          </Section>
        ) : null}
        {founded || view.delegations.length > 0 ? (
          <Section title="Stand-ins" note="of approvers who are away">
            <Stack gap={4}>
              <Row gap={2}>
                <NameStandIn lend={view.lend} reason={page.reason('give', 'Delegation')} />
              </Row>
              <StandIns of={view.delegations} />
            </Stack>
          </Section>
        ) : null}
        <Section title="Decisions">
          <Decisions of={view.decisions} />
        </Section>
      </Stack>
    </Page>
  );
}

function Standing({ of }: { of: CommitteeView['standing'] }) {
  if (!of)
    return (
      <Note tone="notice" title="The key service does not answer.">
        What the committee decided holds, and cannot be read now.
      </Note>
    );
  if (of.quorum === null)
    return (
      <Empty title="There is no committee yet" compact>
        Nobody can be designated, so nobody gets access to production. Name two or more people; all of them sign.
      </Empty>
    );
  return (
    <Figures>
      <Figure label="Members" value={String(of.members.length)} unit={of.members.map(({ name }) => name).join(', ')} />
      <Figure label="Quorum" value={String(of.quorum)} />
      <Figure label="Until" value={of.until?.slice(0, 10) ?? '–'} />
    </Figures>
  );
}

function Designations({ of, reason }: { of: NonNullable<CommitteeView['standing']>['held']; reason?: string }) {
  return (
    <Table
      label="Designations"
      density="row"
      edge
      rows={of}
      rowKey={({ person, as }) => `${person.id} ${as}`}
      columns={[
        { id: 'who', head: 'Who', grow: true, cell: ({ person, as }) => <NameCell name={person.name} under={as} /> },
        { id: 'as', head: 'As', hide: true, cell: ({ as }) => as },
        { id: 'until', head: 'Until', hide: true, cell: ({ until }) => <Time at={until} /> },
        {
          id: 'act',
          head: <span className="sr">Withdraw</span>,
          align: 'num',
          tight: true,
          cell: ({ person, as }) => <ProposeWithdrawal person={person} as={as} reason={reason} />,
        },
      ]}
      empty={
        <Empty title="Nobody is designated" compact>
          Designate who may ask, and who agrees for security.
        </Empty>
      }
    />
  );
}

function Decisions({ of }: { of: readonly DecisionView[] }) {
  return (
    <Table
      label="Decisions"
      density="row"
      edge
      rows={of}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'what',
          head: 'Decision',
          grow: true,
          cell: (one) => <NameCell name={whatOf(one)} under={`${one.minutes}, proposed by ${one.proposedBy.name}`} />,
        },
        { id: 'minutes', head: 'Minutes', hide: true, cell: ({ minutes }) => minutes },
        { id: 'by', head: 'Proposed by', hide: true, cell: ({ proposedBy }) => proposedBy.name },
        { id: 'until', head: 'Until', hide: true, cell: ({ until }) => until?.slice(0, 10) ?? '–' },
        {
          id: 'votes',
          head: 'For and against',
          hide: true,
          cell: ({ votes }) => `${countOf(votes, 'approve')} for, ${countOf(votes, 'deny')} against`,
        },
        { id: 'state', head: 'State', tight: true, cell: ({ state }) => <DecisionState of={state} /> },
        {
          id: 'vote',
          head: 'Vote',
          tight: true,
          cell: (one) =>
            one.state !== 'open' ? null : one.closedToReader ? (
              <span className="small quiet">{one.closedToReader}</span>
            ) : (
              <VoteDecision decision={one.id} name={whatOf(one)} />
            ),
        },
      ]}
      menu={({ id }) => [{ label: 'Copy ID', copy: id }]}
      empty={
        <Empty title="No decision yet" compact>
          The first one founds the committee.
        </Empty>
      }
    />
  );
}

const countOf = (votes: DecisionView['votes'], verdict: string) =>
  votes.filter((vote) => vote.verdict === verdict).length;

const whatOf = ({ kind, members, person, as }: DecisionView): string =>
  kind === 'members'
    ? `Members: ${members.map(({ name }) => name).join(', ')}`
    : `${kind === 'designate' ? 'Designate' : 'Withdraw from'} ${person?.name ?? ''}: ${as ?? ''}`;

function DecisionState({ of }: { of: DecisionView['state'] }) {
  if (of === 'open') return <Status state="waiting" word="Open" />;
  return of === 'taken' ? <Status state="verified" word="Taken" /> : <Status state="refused" />;
}
