import Link from 'next/link';
import { Panel } from '@/app/_ui/panel';
import { RegionSet } from '@/app/_ui/region';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import type { Protection } from './protections';

/** The line around the name, row by row, with what the published defaults say beside what holds here. */
export function ProtectionsPanel({
  protections,
  path,
  checkedAt,
}: {
  protections: readonly Protection[];
  path: string;
  checkedAt: number;
}) {
  const number = new Map(protections.map(({ name }, i) => [name, i + 1]));
  return (
    <Panel
      title="Protections"
      note={<span className="only-wide">Default: what the published guidance applies unasked</span>}
      flush
      aside={
        <span className="small quiet only-wide">
          Checked against the edges <Time at={checkedAt} />
        </span>
      }
    >
      <Table
        label="Protections"
        rows={protections}
        rowKey={({ name }) => name}
        tone={({ state }) => (state === 'open' ? 'gap' : undefined)}
        columns={[
          { id: 'n', head: <span className="sr">Number</span>, index: true, cell: ({ name }) => number.get(name) },
          {
            id: 'name',
            head: 'Protection',
            grow: true,
            cell: ({ name, says, setting }) => <NameCell name={name} more={says} under={words(setting)} />,
          },
          { id: 'setting', head: 'Setting', hide: true, cell: (row) => <Setting row={row} path={path} /> },
          {
            id: 'documented',
            head: 'Default',
            hide: true,
            quiet: true,
            cell: ({ documented }) => documented,
          },
          { id: 'by', head: 'Run by', hide: true, quiet: true, cell: ({ by }) => by },
          {
            id: 'state',
            head: 'State',
            cell: ({ state, word, detail }) => <Status state={state} word={word} detail={detail} />,
          },
        ]}
      />
    </Panel>
  );
}

const words = (setting: Protection['setting']) =>
  typeof setting === 'string' ? setting : <RegionSet codes={setting} />;

function Setting({ row: { name, setting, href }, path }: { row: Protection; path: string }) {
  if (!href) return words(setting);
  return (
    <Link href={`${path}${href}`} className="link" aria-label={`Change ${name}`}>
      {words(setting)}
    </Link>
  );
}
