/** One request a row: what was asked for, who agreed, how it was confirmed, what was used, how it ended. */
import type { ReactNode } from 'react';
import { counted, KIND_WORDS, lookOf, targetsLine, whyWords } from '@/app/_parts/access/words';
import { Status } from '@/app/_ui/status';
import { type Column, NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import type { PopulationView } from '@/lib/grants/population/schemas';

type Line = PopulationView['lines'][number];

interface GrantsTableProps {
  lines: readonly Line[];
  /** Whole times, for auditors. */
  exact: boolean;
  empty: ReactNode;
  foot: ReactNode;
}

export function GrantsTable({ lines, exact, empty, foot }: GrantsTableProps) {
  const mode = exact ? 'exact' : 'relative';
  const columns: Column<Line>[] = [
    {
      id: 'who',
      head: 'Who',
      grow: true,
      cell: ({ person, targets, kind, minutes }) => (
        <NameCell
          name={person.name}
          more={targetsLine(targets)}
          under={`${targetsLine(targets)}, ${KIND_WORDS[kind].toLowerCase()}, ${counted(minutes, 'minute')}`}
        />
      ),
    },
    {
      id: 'what',
      head: 'Asked for',
      hide: true,
      cell: ({ kind, minutes }) => `${KIND_WORDS[kind]}, ${counted(minutes, 'minute')}`,
    },
    { id: 'asked', head: 'Asked', hide: true, cell: ({ requestedAt }) => <Time at={requestedAt} mode={mode} /> },
    { id: 'agreed', head: 'Agreed', hide: true, cell: agreedWords },
    { id: 'sessions', head: 'Sessions', hide: true, cell: sessionWords },
    { id: 'ends', head: 'Ended or ends', hide: true, cell: ({ deadline }) => <Time at={deadline} mode={mode} /> },
    { id: 'state', head: 'State', cell: (line) => <State of={line} /> },
  ];
  return (
    <Table
      label="Grants"
      density="row"
      edge
      rows={lines}
      rowKey={({ id }) => id}
      href={({ id, joined }) => (joined ? `/staff/grants/${id}` : `/staff/requests?open=${id}`)}
      tone={toneOf}
      columns={columns}
      empty={empty}
      foot={foot}
    />
  );
}

/** How many approvals, and how many things about it were signed with a passkey. */
const agreedWords = ({ approvals, joined }: Line): string =>
  joined ? `${approvals}, ${joined.confirmed} signed` : String(approvals);

function sessionWords({ sessions, joined }: Line): string {
  if (sessions === 0) return 'none';
  return joined ? `${sessions}, ${joined.recorded} recorded` : String(sessions);
}

function State({ of }: { of: Line }) {
  const { state, word } = lookOf(of);
  if (of.joined?.findings.length) return <Status state="drift" word="To ask about" />;
  if (of.reviewDue) return <Status state="open" word="Review due" detail={word.toLowerCase()} />;
  return (
    <Status state={state} word={word} detail={of.state === 'ended' ? whyWords(of.why)?.toLowerCase() : undefined} />
  );
}

const toneOf = ({ closing, reviewDue, state, joined }: Line) => {
  if (closing === 'failed') return 'fail';
  return reviewDue || joined?.findings.length ? 'gap' : state === 'active' ? 'motion' : undefined;
};
