import type { Metadata } from 'next';
import { counted, KIND_WORDS, lookOf, targetsLine, whyWords } from '@/app/_parts/access/words';
import { Empty } from '@/app/_ui/empty';
import { Filters } from '@/app/_ui/filters';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { one, type Params, withParams } from '@/app/_ui/query';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import { listRequests, type RequestFilter } from '@/lib/grants';
import type { RequestLine } from '@/lib/grants/schemas';
import { staff } from '../../_frame/door';

export const metadata: Metadata = { title: 'Grants' };

const PATH = '/staff/grants';
const PAGE = 50;

/** What an auditor looks for in the population, by the name it has in the address. */
const VIEWS: Readonly<Record<string, { label: string; filter: RequestFilter }>> = {
  active: { label: 'Active', filter: { states: ['active', 'scheduled'] } },
  unused: { label: 'Never used', filter: { unused: true } },
  overdue: { label: 'Review due', filter: { review: true } },
  failed: { label: 'Failed to close', filter: { failed: true } },
  'break-glass': { label: 'Break-glass', filter: { kind: 'break-glass' } },
  denied: { label: 'Denied or not decided', filter: { states: ['denied', 'undecided'] } },
};

export default async function GrantsPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const name = one(params, 'show') ?? '';
  const view = Object.hasOwn(VIEWS, name) ? VIEWS[name] : undefined;
  const n = Math.max(0, Math.min(1000, Number(one(params, 'page') ?? 0) || 0));
  const { lines, total, certain } = await listRequests({ secret: page.secret }, view?.filter ?? {}, PAGE, n * PAGE);
  const at = (to: number) => withParams(PATH, params, { page: to === 0 ? null : String(to) });
  const exact = page.staffRole === 'auditor';
  return (
    <Page>
      <PageHead
        title="Grants"
        count={total}
        lede="Every request for access to production, with who agreed, what was used of it, and how it ended."
      />
      {certain ? null : (
        <Note tone="notice" title="The key service does not answer.">
          States are the last copy.
        </Note>
      )}
      <Filters
        path={PATH}
        params={params}
        chips={view ? [{ key: 'Show', value: view.label, param: 'show' }] : []}
        add={[
          {
            label: 'Show',
            param: 'show',
            options: Object.entries(VIEWS).map(([value, { label }]) => ({ value, label })),
          },
        ]}
      />
      <Table
        label="Grants"
        density="row"
        edge
        rows={lines}
        rowKey={({ id }) => id}
        href={({ id }) => `/staff/requests?open=${id}`}
        tone={toneOf}
        columns={[
          {
            id: 'who',
            head: 'Who',
            grow: true,
            cell: ({ person, targets, kind, minutes }) => (
              <NameCell
                name={person.name}
                more={targetsLine(targets)}
                under={`${KIND_WORDS[kind]}, ${counted(minutes, 'minute')}`}
              />
            ),
          },
          {
            id: 'what',
            head: 'Asked for',
            hide: true,
            cell: ({ kind, minutes }) => `${KIND_WORDS[kind]}, ${counted(minutes, 'minute')}`,
          },
          {
            id: 'purpose',
            head: 'Purpose',
            hide: true,
            cell: ({ purpose, ticket }) => (ticket ? `${purpose}, ${ticket}` : purpose),
          },
          {
            id: 'asked',
            head: 'Asked',
            hide: true,
            cell: ({ requestedAt }) => <Time at={requestedAt} mode={exact ? 'exact' : 'relative'} />,
          },
          { id: 'approvals', head: 'Approvals', align: 'num', hide: true, cell: ({ approvals }) => approvals },
          { id: 'sessions', head: 'Sessions', align: 'num', hide: true, cell: ({ sessions }) => sessions },
          {
            id: 'ends',
            head: 'Ended or ends',
            hide: true,
            cell: ({ deadline }) => <Time at={deadline} mode={exact ? 'exact' : 'relative'} />,
          },
          { id: 'state', head: 'State', cell: (line) => <State of={line} /> },
        ]}
        empty={
          <Empty title={view ? 'None of these' : 'Nobody asked yet'}>
            {view ? 'No request fits the filter.' : 'Requests for access to production stand here, for good.'}
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

function State({ of }: { of: RequestLine }) {
  const { state, word } = lookOf(of);
  if (of.reviewDue) return <Status state="open" word="Review due" detail={word.toLowerCase()} />;
  return (
    <Status state={state} word={word} detail={of.state === 'ended' ? whyWords(of.why)?.toLowerCase() : undefined} />
  );
}

const toneOf = ({ closing, reviewDue, state }: RequestLine) =>
  closing === 'failed' ? 'fail' : reviewDue ? 'gap' : state === 'active' ? 'motion' : undefined;
