import { ButtonLink } from '@/app/_ui/button';
import { Empty } from '@/app/_ui/empty';
import { Pager } from '@/app/_ui/pager';
import { one, type Params, withParams } from '@/app/_ui/query';
import { Region } from '@/app/_ui/region';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { listEdges, listSessions } from '@/lib/fleet';
import { listCertificates } from '@/lib/projects';
import type { CustomerPage } from '../../../../_frame/door';
import { directionWords } from './_parts/filter';

/** Sessions that run now, or that have ended: one row per admitted client. */
export async function SessionTable({
  page,
  projectId,
  projectPath,
  search,
  live,
}: {
  page: CustomerPage;
  projectId: string;
  projectPath: string;
  search: Params;
  live: boolean;
}) {
  const path = `${projectPath}/sessions`;
  const cursor = one(search, 'cursor') ?? null;
  const [{ items, next }, edges, certificates] = await Promise.all([
    listSessions(page.caller, projectId, { live, cursor }),
    listEdges(page.caller),
    roleReason(page, 'read', 'Certificate') ? [] : listCertificates(page.caller, projectId),
  ]);
  const regionOf = new Map(edges.map((edge) => [edge.name, edge.region]));
  const slotOf = new Map(certificates.map((certificate) => [certificate.id, certificate.slot]));
  const why = roleReason(page, 'create', 'Revocation');

  return (
    <Table
      label={live ? 'Live sessions' : 'Ended sessions'}
      edge
      rows={items}
      rowKey={(row) => row.id}
      menu={(row) => [
        {
          label: 'Revoke user…',
          icon: 'lock',
          danger: true,
          href: `${projectPath}/revocations?${new URLSearchParams({ revoke: 'user', subject: row.account })}`,
          ...(why ? { reason: why } : {}),
        },
        ...(row.tokenId
          ? [
              {
                label: 'Revoke token…',
                href: `${projectPath}/revocations?revoke=token&subject=${row.tokenId}`,
                danger: true,
                ...(why ? { reason: why } : {}),
              },
            ]
          : []),
        { label: 'Decisions of this user', href: withParams(path, {}, { tab: 'decisions', account: row.account }) },
        { label: 'Decisions of this channel', href: withParams(path, {}, { tab: 'decisions', channel: row.channel }) },
      ]}
      columns={[
        { id: 'channel', head: 'Channel', cell: (row) => <Mono>{row.channel}</Mono> },
        {
          id: 'account',
          head: 'Account',
          strong: true,
          cell: (row) => (
            <span className="mono" dir="auto">
              {row.account}
            </span>
          ),
        },
        { id: 'edge', head: 'Edge', cell: (row) => <Mono>{row.edge}</Mono> },
        {
          id: 'region',
          head: 'Region',
          hide: true,
          cell: (row) => (regionOf.has(row.edge) ? <Region code={regionOf.get(row.edge)!} /> : '–'),
        },
        { id: 'direction', head: 'Does', hide: true, cell: (row) => directionWords(row.direction) },
        {
          id: 'certificate',
          head: 'Certificate',
          hide: true,
          cell: (row) => (row.certificateId ? (slotOf.get(row.certificateId) ?? 'removed') : 'no token'),
        },
        { id: 'since', head: 'Since', quiet: true, cell: (row) => <Time at={row.startedAt} /> },
        ...(live
          ? []
          : [
              {
                id: 'ended',
                head: 'Ended',
                quiet: true,
                cell: (row: (typeof items)[number]) => <Time at={row.endedAt} />,
              },
              {
                id: 'why',
                head: 'Why',
                hide: true,
                cell: (row: (typeof items)[number]) => <Mono>{row.endReason ?? '–'}</Mono>,
              },
            ]),
      ]}
      empty={
        <Empty
          title={cursor ? 'No older sessions' : live ? 'Nobody is in session' : 'No session has ended yet'}
          action={live && !cursor ? <ButtonLink href={`${projectPath}/try`}>Try it</ButtonLink> : undefined}
        >
          {live
            ? 'A session appears here when an edge admits a client, and leaves when it ends. Join from this browser to see one.'
            : 'Ended sessions stay here with the reason they ended.'}
        </Empty>
      }
      foot={
        <Pager
          shown={items.length}
          noun={items.length === 1 ? 'session' : 'sessions'}
          log
          prev={cursor ? withParams(path, { tab: one(search, 'tab') }, {}) : undefined}
          next={next ? withParams(path, { tab: one(search, 'tab') }, { cursor: next }) : undefined}
        />
      }
    />
  );
}
