import { Empty } from '@/app/_ui/empty';
import { Filters } from '@/app/_ui/filters';
import { formatDate } from '@/app/_ui/format';
import { Id } from '@/app/_ui/id';
import { Pager } from '@/app/_ui/pager';
import { one, type Params, withParams } from '@/app/_ui/query';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono, Num } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { activity, listDecisions, listEdges } from '@/lib/fleet';
import type { CustomerPage } from '../../../../_frame/door';
import { FILTERS, readFilter } from './_parts/filter';
import styles from './sessions.module.css';

const KEYS = { verdict: 'Verdict', code: 'Code', account: 'Account', channel: 'Channel', edge: 'Edge' } as const;

/** What the edges decided, with the rule that decided. Refusals are never sampled; identical ones collapse with an exact count. */
export async function DecisionTable({
  page,
  projectId,
  projectPath,
  search,
}: {
  page: CustomerPage;
  projectId: string;
  projectPath: string;
  search: Params;
}) {
  const path = `${projectPath}/sessions`;
  const cursor = one(search, 'cursor') ?? null;
  const filter = readFilter(search);
  const [{ items, next }, edges, lately] = await Promise.all([
    listDecisions(page.caller, projectId, { filter, cursor }),
    listEdges(page.caller),
    activity(page.caller, projectId),
  ]);
  const params = { tab: 'decisions', ...filter };
  const chips = FILTERS.flatMap((name) =>
    filter[name] ? [{ key: KEYS[name], value: filter[name], param: name }] : [],
  );
  const why = roleReason(page, 'create', 'Revocation');

  return (
    <>
      <div className={styles.filters}>
        <Filters
          path={path}
          params={params}
          search={{ name: 'account', value: filter.account, placeholder: 'Find an account' }}
          chips={chips}
          add={[
            {
              label: 'Verdict',
              param: 'verdict',
              options: [
                { label: 'Allowed', value: 'allow' },
                { label: 'Refused', value: 'deny' },
              ],
            },
            ...(lately.refusalsByCode.length > 0
              ? [
                  {
                    label: 'Code',
                    param: 'code',
                    options: lately.refusalsByCode.map(({ code, count }) => ({
                      label: code,
                      value: code,
                      note: `${count} in 24 h`,
                    })),
                  },
                ]
              : []),
            ...(edges.length > 0
              ? [
                  {
                    label: 'Edge',
                    param: 'edge',
                    options: edges.map(({ name, region }) => ({ label: name, value: name, note: region })),
                  },
                ]
              : []),
          ]}
        />
      </div>
      <Table
        label="Decisions"
        edge
        rows={items}
        rowKey={(row) => row.id}
        rowId={(row) => row.traceId}
        group={(row) => formatDate(row.at)}
        tone={(row) => (row.verdict === 'deny' && row.rule === 'revocation' ? 'gap' : undefined)}
        menu={(row) => [
          { label: 'Only this channel', href: withParams(path, params, { channel: row.channel }) },
          { label: 'Only this account', href: withParams(path, params, { account: row.account }) },
          { label: 'Only this code', href: withParams(path, params, { code: row.code }) },
          ...(row.account
            ? [
                {
                  label: 'Revoke user…',
                  icon: 'lock' as const,
                  danger: true,
                  href: `${projectPath}/revocations?${new URLSearchParams({ revoke: 'user', subject: row.account })}`,
                  ...(why ? { reason: why } : {}),
                },
              ]
            : []),
        ]}
        columns={[
          { id: 'at', head: 'When, UTC', cell: (row) => <Time at={row.at} mode="clock" /> },
          {
            id: 'verdict',
            head: 'Verdict',
            cell: (row) =>
              row.verdict === 'allow' ? <Status state="enforced" word="Allowed" /> : <Status state="refused" />,
          },
          { id: 'code', head: 'Code', strong: true, grow: true, cell: (row) => <Mono>{row.code}</Mono> },
          {
            id: 'account',
            head: 'Account',
            cell: (row) => (
              <span className="mono" dir="auto">
                {row.account || '–'}
              </span>
            ),
          },
          { id: 'channel', head: 'Channel', hide: true, cell: (row) => <Mono>{row.channel}</Mono> },
          { id: 'edge', head: 'Edge', hide: true, cell: (row) => <Mono>{row.edge}</Mono> },
          { id: 'action', head: 'Act', hide: true, quiet: true, cell: (row) => row.action },
          { id: 'policy', head: 'Policy', hide: true, quiet: true, cell: (row) => <Mono>{row.policy}</Mono> },
          { id: 'count', head: 'Times', align: 'num', hide: true, cell: (row) => <Num value={row.count} /> },
          {
            id: 'trace',
            head: 'Trace',
            hide: true,
            quiet: true,
            cell: (row) => <Id value={row.traceId} label="trace ID" />,
          },
        ]}
        empty={
          <Empty title={chips.length > 0 ? 'No decision fits' : 'No decisions yet'} compact>
            {chips.length > 0
              ? 'Take a filter away. Edges deliver what they decided within seconds.'
              : 'Every join an edge allows or refuses is listed here with the rule that decided and a trace ID the client was told too.'}
          </Empty>
        }
        foot={
          <Pager
            shown={items.length}
            noun={items.length === 1 ? 'decision' : 'decisions'}
            log
            prev={cursor ? withParams(path, params, {}) : undefined}
            next={next ? withParams(path, params, { cursor: next }) : undefined}
            note="Identical refusals are one row with their exact number"
          />
        }
      />
    </>
  );
}
