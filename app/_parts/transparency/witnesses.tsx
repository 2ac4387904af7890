/** Who outside vouches for the operator's log: the verdict, and each witness with its reason. */
import { CodeBlock } from '@/app/_ui/command';
import { Empty } from '@/app/_ui/empty';
import { formatExact } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import type { WitnessSummary, WitnessView } from '@/lib/transparency/schemas';
import { witnessReason, witnessStatus, witnessWords } from './witness-words';

export function WitnessNote({ witnesses }: { witnesses: WitnessSummary }) {
  const { tone, title, says } = witnessWords(witnesses);
  return (
    <Note tone={tone} title={title}>
      {says} {MEANS[witnesses.diverged > 0 ? 'diverged' : witnesses.verdict]}
    </Note>
  );
}

const MEANS = {
  unwitnessed: 'Until somebody does, only those who keep checkpoints and compare them would notice two histories.',
  waiting: 'Until enough do, only those who keep checkpoints and compare them would notice two histories.',
  witnessed: 'Whether by somebody you trust, their keys below and your own policy tell.',
  lapsed: 'Of what came later, only those who keep checkpoints and compare them would notice two histories.',
  diverged:
    'Keep this page and every checkpoint and proof you have, and ask that witness for the checkpoint it cosigned.',
} as const;

export const WitnessList = ({ each }: { each: readonly WitnessView[] }) => (
  <Section title="Witnesses">
    <Stack gap={3}>
      <Table
        label="Witnesses"
        rows={each}
        rowKey={({ vkey }) => vkey}
        tone={({ state }) => (state === 'diverged' ? 'fail' : undefined)}
        columns={[
          { id: 'name', head: 'Name', wrap: true, cell: ({ name }) => <bdi>{name}</bdi> },
          { id: 'state', head: 'State', tight: true, cell: (witness) => <Status {...witnessStatus(witness)} /> },
          { id: 'why', head: 'Reason', grow: true, wrap: true, cell: witnessReason },
          {
            id: 'at',
            head: 'Last cosigned',
            tight: true,
            hide: true,
            cell: ({ cosignedAt }) => (cosignedAt ? formatExact(cosignedAt) : 'Never'),
          },
        ]}
        rowId={({ vkey }) => vkey}
        empty={
          <Empty compact title="Nobody is asked to cosign this log">
            Anybody can be a witness; the commands are below.
          </Empty>
        }
      />
      {each.length > 0 ? (
        <CodeBlock label="keys of the witnesses">{each.map(({ vkey }) => vkey).join('\n')}</CodeBlock>
      ) : null}
      <p className="quiet">
        A witness keeps the newest checkpoint it has seen of the operator’s log and cosigns the next only when that
        continues it. The operator’s log holds the checkpoints of all others, so nobody can be shown another history
        without one of them taking part.
      </p>
    </Stack>
  </Section>
);
