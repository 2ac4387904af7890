/** Classes of records, and how long each is kept. */
import { formatNumber } from '@/app/_ui/format';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import type { ClassView } from '@/lib/audit-retention/schemas';
import { CLASS_WORDS, periodOf } from './words';

export function Periods({ classes }: { classes: readonly ClassView[] }) {
  return (
    <Table
      label="Periods"
      edge
      density="row"
      rows={classes}
      rowKey={({ class: name }) => name}
      columns={[
        {
          id: 'class',
          head: 'Records',
          grow: true,
          cell: ({ class: name }) => (
            <NameCell name={CLASS_WORDS[name].name} more={CLASS_WORDS[name].what} under={CLASS_WORDS[name].what} />
          ),
        },
        { id: 'period', head: 'Kept', tight: true, cell: ({ months }) => periodOf(months) },
        {
          id: 'oldest',
          head: 'Oldest',
          tight: true,
          hide: true,
          cell: ({ oldest }) => (oldest === null ? '–' : <Time at={oldest} mode="exact" />),
        },
        { id: 'events', head: 'Records', align: 'num', hide: true, cell: ({ events }) => formatNumber(events) },
        { id: 'past', head: 'Past period', align: 'num', cell: ({ past }) => formatNumber(past) },
        { id: 'held', head: 'Held', align: 'num', hide: true, cell: ({ held }) => formatNumber(held) },
        {
          id: 'free',
          head: 'Prunable now',
          align: 'num',
          cell: ({ past, held }) => formatNumber(past - held),
        },
      ]}
    />
  );
}
