/** What the vendor's SDKs call the same regions. Ours are disjoint; theirs overlap, and expand in sight. */
import { RegionSet } from '@/app/_ui/region';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { nativeMask, type Region } from '@/lib/kernel/region';
import styles from './fence.module.css';
import { VOCABULARY_NAMES, vocabularyRows } from './vocabulary';

export function VocabularyTable({ regions }: { regions: readonly Region[] }) {
  const { mask, exact } = nativeMask(regions);
  return (
    <section className={styles.flush}>
      <h2 className="semibold strong">The same regions in the vendor’s SDKs</h2>
      <p className="quiet small">
        A code of theirs stands for the regions beside it and nothing else. This fence as a native area mask is{' '}
        <Mono>{`0x${mask.toString(16)}`}</Mono>
        {exact
          ? '.'
          : ', which also names Japan or India, because their code for Asia does; edges refuse those all the same.'}{' '}
        Clients may set it to find an edge sooner. The fence holds whether they do or not.
      </p>
      <Table
        label="Region codes of the vendor’s SDKs"
        density="map"
        edge
        rows={vocabularyRows()}
        rowKey={(row) => row.regions.join()}
        columns={[
          { id: 'regions', head: 'Regions here', cell: (row) => <RegionSet codes={row.regions} /> },
          ...Object.entries(VOCABULARY_NAMES).map(([id, head]) => ({
            id,
            head,
            hide: id === 'rtm' || id === 'recording',
            cell: (row: ReturnType<typeof vocabularyRows>[number]) => (
              <Mono>{row.codes[id as keyof typeof VOCABULARY_NAMES] ?? '–'}</Mono>
            ),
          })),
        ]}
      />
    </section>
  );
}
