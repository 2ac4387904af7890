import type { Metadata } from 'next';
import { counted, KIND_WORDS, lookOf, whyWords } from '@/app/_parts/access/words';
import { UrlPanel } from '@/app/_parts/url-panel';
import { Empty } from '@/app/_ui/empty';
import { Filters } from '@/app/_ui/filters';
import { Id } from '@/app/_ui/id';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { Section } from '@/app/_ui/panel';
import { one, type Params, withParams } from '@/app/_ui/query';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import { roleMay, roleReason } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import { type AccessFilter, readLockbox, readProviderAccess } from '@/lib/grants';
import type { ProviderAccessView, State } from '@/lib/grants/schemas';
import { type CustomerPage, customer } from '../../../_frame/door';
import { Access } from './access';
import { Lockbox } from './lockbox';
import { reachLine } from './words';

export const metadata: Metadata = { title: 'Provider access' };

const PAGE = 50;
const STATES: readonly State[] = ['active', 'scheduled', 'ended', 'denied', 'undecided', 'withdrawn', 'extended'];
const DAY = /^\d{4}-\d\d-\d\d$/;

export default async function ProviderAccessPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const page = await customer(org);
  if (!roleMay(page, 'read', 'ProviderAccess'))
    return (
      <RoleNotice
        title="Provider access"
        role={page.role}
        what="Here stands when the provider’s employees had access to your data."
      />
    );
  const path = `${page.base}/provider-access`;
  const n = Math.max(0, Math.min(1000, Number(one(query, 'page') ?? 0) || 0));
  const filter = filterOf(query);
  const [access, lockbox] = await Promise.all([readProviderAccess(page.caller, filter, n), readLockbox(page.caller)]);
  const asked = one(query, 'open');
  const open = [...access.waiting, ...access.rows].find(({ id }) => id === asked);
  const opened = (id: string | null) => withParams(path, query, { open: id });
  return (
    <Page>
      <PageHead
        title="Provider access"
        lede="When employees of the provider want into a machine that holds your data, or to watch a channel of yours: what for, who agreed, and what came of it."
      />
      <Stack gap={8}>
        {access.certain ? null : (
          <Note tone="notice" title="The key service does not answer.">
            What is shown is the last copy. Nothing new is opened, and what runs ends at its time.
          </Note>
        )}
        {access.waiting.length > 0 ? (
          <Section title="Waiting for you" note={String(access.waiting.length)}>
            <Waiting of={access.waiting} opened={opened} />
          </Section>
        ) : null}
        <Section title="Log" note={counted(access.total, 'request')}>
          <Filters path={path} params={query} chips={chipsOf(query)} add={ADD} />
          <Log
            of={access.rows}
            total={access.total}
            n={n}
            path={path}
            query={query}
            opened={opened}
            open={open?.id}
            page={page}
          />
        </Section>
        <Section title="What your projects say" note="from the next request on">
          <Lockbox
            of={lockbox}
            organisationId={page.organisation.id}
            reason={roleReason(page, 'change', 'LockboxSetting')}
          />
        </Section>
        <Section title="What is not here">
          <p className="quiet">
            Acts of the provider’s software without a person, such as backups and deliveries of policy; access to
            machines that hold no data of yours; and orders of a court that forbid telling you. Recordings of sessions
            are not shared here, because a screen can show other customers’ data. Of a session you see the commands that
            were given on their own, but not on a machine that holds data of other customers too: there you see how
            many. What is typed into a shell is on the recording only, and is not counted.
          </p>
        </Section>
      </Stack>
      {open ? (
        <UrlPanel
          wide
          title={`${KIND_WORDS[open.kind]}: ${reachLine(open)}`}
          lede={`${open.purpose}, asked ${open.requestedAt.slice(0, 16).replace('T', ' ')} UTC`}
          closeHref={opened(null)}
        >
          <Access
            of={open}
            organisationId={page.organisation.id}
            reasons={{
              decide: roleReason(page, 'decide', 'ProviderAccess'),
              end: roleReason(page, 'end', 'ProviderAccess'),
              comment: roleReason(page, 'comment', 'ProviderAccess'),
            }}
          />
        </UrlPanel>
      ) : null}
    </Page>
  );
}

const day = (query: Params, name: string) => {
  const value = one(query, name);
  return value && DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
};

function filterOf(query: Params): AccessFilter {
  const state = STATES.find((each) => each === one(query, 'state'));
  const kind = (['access', 'break-glass', 'extension'] as const).find((each) => each === one(query, 'kind'));
  const staff = one(query, 'staff');
  return {
    ...(state ? { state } : {}),
    ...(kind ? { kind } : {}),
    ...(staff ? { staff } : {}),
    ...(day(query, 'from') ? { from: day(query, 'from') } : {}),
    ...(day(query, 'to') ? { to: day(query, 'to') } : {}),
  };
}

const ADD = [
  { label: 'State', param: 'state', options: STATES.map((value) => ({ value, label: lookOf({ state: value }).word })) },
  { label: 'Kind', param: 'kind', options: Object.entries(KIND_WORDS).map(([value, label]) => ({ value, label })) },
];

function chipsOf(query: Params) {
  const { state, kind, staff, from, to } = filterOf(query);
  return [
    ...(state ? [{ key: 'State', value: lookOf({ state }).word, param: 'state' }] : []),
    ...(kind ? [{ key: 'Kind', value: KIND_WORDS[kind], param: 'kind' }] : []),
    ...(staff ? [{ key: 'Staff', value: `${staff.slice(0, 10)}…`, param: 'staff' }] : []),
    ...(from ? [{ key: 'From', value: from, param: 'from' }] : []),
    ...(to ? [{ key: 'To', value: to, param: 'to' }] : []),
  ];
}

function Waiting({ of, opened }: { of: readonly ProviderAccessView[]; opened: (id: string) => string }) {
  return (
    <Table
      label="Waiting for you"
      density="row"
      edge
      rows={of}
      rowKey={({ id }) => id}
      href={({ id }) => opened(id)}
      tone={() => 'gap'}
      columns={[
        {
          id: 'what',
          head: 'What',
          grow: true,
          cell: (request) => (
            <NameCell name={reachLine(request)} more={counted(request.minutes, 'minute')} under={request.reason} />
          ),
        },
        { id: 'why', head: 'Why', hide: true, grow: true, cell: ({ reason }) => reason },
        { id: 'who', head: 'Who', hide: true, cell: ({ employer, country }) => `${employer}, ${country}` },
        {
          id: 'purpose',
          head: 'Purpose',
          hide: true,
          cell: ({ purpose, ticket }) => (ticket ? `${purpose}, ${ticket}` : purpose),
        },
        { id: 'by', head: 'Over', cell: ({ answerBy }) => <Time at={answerBy} /> },
        {
          id: 'state',
          head: 'State',
          tight: true,
          cell: ({ answered }) =>
            answered ? <Status state="verified" word="You answered" /> : <Status state="waiting" word="Your answer" />,
        },
      ]}
    />
  );
}

interface LogProps {
  of: readonly ProviderAccessView[];
  total: number;
  n: number;
  path: string;
  query: Params;
  opened: (id: string) => string;
  open: string | undefined;
  page: CustomerPage;
}

function Log({ of, total, n, path, query, opened, open, page }: LogProps) {
  const mode = page.role === 'auditor' ? 'exact' : 'relative';
  const at = (to: number) => withParams(path, query, { page: to === 0 ? null : String(to), open: null });
  const filtered = Object.keys(filterOf(query)).length > 0;
  return (
    <Table
      label="Provider access log"
      density="row"
      edge
      rows={of}
      rowKey={({ id }) => id}
      href={({ id }) => opened(id)}
      selected={({ id }) => id === open}
      tone={({ state }) => (state === 'active' ? 'motion' : undefined)}
      columns={[
        {
          id: 'what',
          head: 'What',
          grow: true,
          cell: (request) => (
            <NameCell
              name={reachLine(request)}
              more={request.kind === 'access' ? undefined : KIND_WORDS[request.kind]}
              under={request.purpose}
            />
          ),
        },
        {
          id: 'who',
          head: 'Who',
          hide: true,
          cell: ({ staff, employer, country }) => (
            <>
              <Id value={staff} copy={false} /> {employer}, {country}
            </>
          ),
        },
        {
          id: 'why',
          head: 'Purpose',
          hide: true,
          cell: ({ purpose, ticket }) => (ticket ? `${purpose}, ${ticket}` : purpose),
        },
        { id: 'asked', head: 'Asked', hide: true, cell: ({ requestedAt }) => <Time at={requestedAt} mode={mode} /> },
        { id: 'from', head: 'From', hide: true, cell: ({ startsAt }) => <Time at={startsAt} mode={mode} /> },
        { id: 'to', head: 'To', hide: true, cell: ({ deadline }) => <Time at={deadline} mode={mode} /> },
        {
          id: 'state',
          head: 'State',
          cell: ({ state, why }) => {
            const look = lookOf({ state });
            return (
              <Status
                state={look.state}
                word={look.word}
                detail={state === 'ended' ? whyWords(why)?.toLowerCase() : undefined}
              />
            );
          },
        },
      ]}
      empty={
        <Empty title={filtered ? 'None of these' : 'Nobody asked yet'}>
          {filtered ? 'No request fits the filter.' : 'Every request for access to your data will stand here.'}
        </Empty>
      }
      foot={
        <Pager
          shown={of.length}
          total={total}
          noun="requests"
          log
          prev={n > 0 ? at(n - 1) : undefined}
          next={(n + 1) * PAGE < total ? at(n + 1) : undefined}
        />
      }
    />
  );
}
