import { Stack } from '@/app/_ui/layout';
import { Section } from '@/app/_ui/panel';
import { Table } from '@/app/_ui/table';
import { Num } from '@/app/_ui/text';
import { LIMIT_NOTES, LIMIT_ROWS } from './words';

/** The limits as they are enforced. */
export function LimitsTable() {
  return (
    <Section title="Limits" note="free failures, then growing pauses">
      <Stack gap={4}>
        <Table
          label="Limits"
          density="row"
          edge
          rows={LIMIT_ROWS}
          rowKey={({ what }) => what}
          columns={[
            { id: 'what', head: 'Failures at', grow: true, wrap: true, cell: ({ what }) => what },
            { id: 'free', head: 'Free', align: 'num', cell: ({ free }) => <Num value={free} /> },
            { id: 'attacked', head: 'Under attack', align: 'num', cell: ({ attacked }) => <Num value={attacked} /> },
            { id: 'closes', head: 'Closes after', align: 'num', cell: ({ closes }) => <Num value={closes} /> },
          ]}
        />
        {LIMIT_NOTES.map((note) => (
          <p key={note} className="small quiet">
            {note}
          </p>
        ))}
      </Stack>
    </Section>
  );
}
