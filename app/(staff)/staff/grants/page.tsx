import type { Metadata } from 'next';
import { counted } from '@/app/_parts/access/words';
import { DayRange } from '@/app/_parts/audit/day-range';
import { Empty } from '@/app/_ui/empty';
import { type FilterChip, Filters } from '@/app/_ui/filters';
import { formatNumber } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { one, type Params, withParams } from '@/app/_ui/query';
import { Mono } from '@/app/_ui/text';
import { type RequestFilter, readPopulation } from '@/lib/grants';
import {
  drawnSample,
  type PopulationFilter,
  type PopulationView,
  populationFilter,
} from '@/lib/grants/population/schemas';
import { auditSource } from '@/lib/identity';
import { staff } from '../../_frame/door';
import { DrawGrants, ExportAccess } from './grant-acts';
import { GrantsTable } from './grants-table';

export const metadata: Metadata = { title: 'Grants' };

const PATH = '/staff/grants';
const PAGE = 50;

/** What an auditor looks for in the population, by the name it has in the address. */
const VIEWS: Readonly<Record<string, { label: string; filter: RequestFilter }>> = {
  active: { label: 'Active', filter: { states: ['active', 'scheduled'] } },
  unused: { label: 'Never used', filter: { unused: true } },
  early: { label: 'Ended early', filter: { early: true } },
  overdue: { label: 'Review due', filter: { review: true } },
  late: { label: 'Review overdue', filter: { overdue: true } },
  failed: { label: 'Failed to close', filter: { failed: true } },
  'break-glass': { label: 'Break-glass', filter: { kind: 'break-glass' } },
  denied: { label: 'Denied or not decided', filter: { states: ['denied', 'undecided'] } },
};

export default async function GrantsPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const name = one(params, 'show') ?? '';
  const view = Object.hasOwn(VIEWS, name) ? VIEWS[name] : undefined;
  const asked = populationFilter.parse(params);
  const sample = drawnSample.safeParse(params).data;
  const n = Math.max(0, Math.min(1000, Number(one(params, 'page') ?? 0) || 0));
  const caller = { secret: page.secret, source: await auditSource() };
  const filter = view?.filter ?? {};
  const found = await readPopulation(caller, { filter, sample, ...asked }, PAGE, n * PAGE);
  const { lines, total, certain } = found;
  const at = (to: number) => withParams(PATH, params, { page: to === 0 ? null : String(to) });
  const filtered = view !== undefined || sample !== undefined || Object.values(asked).some(Boolean);
  const reason = page.reason('export', 'AuditEvent');
  return (
    <Page>
      <PageHead
        title="Grants"
        count={total}
        lede="Every request for access to production, with who agreed, what was used of it, and how it ended."
        acts={
          <>
            <DrawGrants reason={reason} />
            <ExportAccess reason={reason} sample={sample} />
          </>
        }
      />
      <Stack gap={3}>
        {certain ? null : (
          <Note tone="notice" title="The key service does not answer.">
            States are the last copy.
          </Note>
        )}
        {found.hosts ? (
          <Note
            tone="notice"
            title={`Hosts reported ${formatNumber(found.hosts)} things that no grant accounts for in 30 days.`}
          >
            <a className="link" href="/staff/log?event=host.finding">
              Their entries
            </a>
          </Note>
        ) : null}
        {sample ? (
          <Note title={`A sample: ${counted(total, 'request')}.`}>
            Drawn by the seed “<Mono wrap>{sample.seed}</Mono>” from the provider’s log up to entry{' '}
            {formatNumber(sample.size)}.
          </Note>
        ) : null}
        <Filters
          path={PATH}
          params={params}
          chips={[...(view ? [{ key: 'Show', value: view.label, param: 'show' }] : []), ...chipsOf(asked, found)]}
          add={[
            {
              label: 'Show',
              param: 'show',
              options: Object.entries(VIEWS).map(([value, { label }]) => ({ value, label })),
            },
            { label: 'Who', param: 'person', options: optionsOf(found.people) },
            { label: 'Target', param: 'target', options: found.targets.map((value) => ({ value, label: value })) },
            { label: 'Customer', param: 'organisation', options: optionsOf(found.organisations) },
          ].filter(({ options }) => options.length > 0)}
          aside={<DayRange path={PATH} params={params} from={asked.from} to={asked.to} />}
        />
      </Stack>
      <GrantsTable
        lines={lines}
        exact={page.staffRole === 'auditor'}
        empty={
          <Empty title={filtered ? 'None of these' : 'Nobody asked yet'}>
            {filtered ? 'No request fits the filter.' : 'Requests for access to production stand here, for good.'}
          </Empty>
        }
        foot={
          <Pager
            shown={lines.length}
            total={total}
            noun="requests"
            log
            prev={n > 0 ? at(n - 1) : undefined}
            next={(n + 1) * PAGE < total ? at(n + 1) : undefined}
          />
        }
      />
    </Page>
  );
}

const optionsOf = (list: readonly { id: string; name: string }[]) =>
  list.map(({ id, name }) => ({ value: id, label: name }));

function chipsOf(
  { person, target, organisation, from, to }: PopulationFilter,
  { people, organisations }: PopulationView,
): FilterChip[] {
  const nameIn = (list: readonly { id: string; name: string }[], id: string) =>
    list.find((item) => item.id === id)?.name ?? id;
  const time = (text: string) => `${text.replace('T', ' ')} UTC`;
  return [
    ...(person ? [{ key: 'Who', value: nameIn(people, person), param: 'person' }] : []),
    ...(target ? [{ key: 'Target', value: target, param: 'target' }] : []),
    ...(organisation ? [{ key: 'Customer', value: nameIn(organisations, organisation), param: 'organisation' }] : []),
    ...(from ? [{ key: 'From', value: time(from), param: 'from' }] : []),
    ...(to ? [{ key: 'Before', value: time(to), param: 'to' }] : []),
  ];
}
