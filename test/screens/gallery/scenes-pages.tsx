import { Bars } from '@/app/_ui/bars';
import { Button, ButtonLink } from '@/app/_ui/button';
import { DecisionLadder } from '@/app/_ui/decision-ladder';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Diff } from '@/app/_ui/diff';
import { Field } from '@/app/_ui/field';
import { Figure } from '@/app/_ui/figure';
import { Filters } from '@/app/_ui/filters';
import { formatDate } from '@/app/_ui/format';
import { Id } from '@/app/_ui/id';
import { Checkbox, Input, Select, Textarea } from '@/app/_ui/input';
import { Columns, Row, Split, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead, PageTitle } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { Panel, Section } from '@/app/_ui/panel';
import { Perimeter, type PerimeterSegment } from '@/app/_ui/perimeter';
import { Region } from '@/app/_ui/region';
import { Sparkline } from '@/app/_ui/sparkline';
import { Status } from '@/app/_ui/status';
import { Steps } from '@/app/_ui/steps';
import { NameCell, Table } from '@/app/_ui/table';
import { Simulated, Tag } from '@/app/_ui/tag';
import { Kbd, Mono, Num } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { EnforcementTrack, Line, TrackHead } from '@/app/_ui/track';
import { WorldMap } from '@/app/_ui/world-map';
import { AuditorFrame, CustomerFrame, EDGES, NOW, StaffFrame } from './frame-data';

const PROTECTIONS: readonly (PerimeterSegment & { more: string; setting: string; by: string })[] = [
  {
    label: 'Project isolation',
    more: 'No other App ID gets in',
    setting: 'Always on',
    by: 'Provider',
    state: 'enforced',
  },
  {
    label: 'Channel isolation',
    more: 'Members hear only their own',
    setting: 'Always on',
    by: 'Provider',
    state: 'enforced',
  },
  { label: 'Token required', more: 'App ID alone is refused', setting: '007 and 006', by: 'You', state: 'enforced' },
  {
    label: 'Publish needs the privilege',
    more: 'Subscribers cannot send',
    setting: 'Strict',
    by: 'You',
    state: 'enforced',
  },
  {
    label: 'Transport encryption',
    more: 'DTLS and SRTP, every hop',
    setting: 'Always on',
    by: 'Provider',
    state: 'enforced',
  },
  { label: 'End-to-end encryption', more: 'Keys stay with you', setting: 'AES-256-GCM', by: 'You', state: 'enforced' },
  { label: 'Unique key per channel', more: 'No two channels share one', setting: 'Off', by: 'You', state: 'open' },
  { label: 'Fence', more: 'Media, messages, boards stay', setting: 'EU', by: 'You', state: 'applied' },
  { label: 'Session cap', more: 'Sessions end with their token', setting: '4 h', by: 'You', state: 'enforced' },
  { label: 'Lockbox', more: 'Provider staff wait for you', setting: 'Approve', by: 'Both', state: 'enforced' },
];

export function overview() {
  return (
    <CustomerFrame current="/nw/consult">
      <Page>
        <Perimeter
          segments={PROTECTIONS}
          figures={
            <>
              <Figure
                label="In session now"
                value="1,284"
                unit={
                  <Sparkline values={[3, 4, 4, 6, 7, 6, 8, 9, 8, 9, 11, 10, 12]} label="Rising over the last hour" />
                }
              />
              <Figure label="Refused, 24 h" value="37" unit="of 41,902 joins" />
              <Figure label="Perimeter" value="8 / 10" unit={<span className="warn medium">1 gap</span>} />
            </>
          }
        >
          <Row gap={2}>
            <PageTitle>Consult</PageTitle>
            <Tag>Production</Tag>
          </Row>
          <span className="small quiet">
            App ID <Id value="8f2c4e1177aa4bb29003c2aef1d0d01b" label="App ID" />
          </span>
        </Perimeter>
        <Split
          aside={
            <>
              <Panel title="Provider access" tone="notice" aside={<Status state="waiting" word="Your answer" />}>
                <p className="strong">
                  An on-call engineer asks to read packet statistics on <Mono>eu-dub-1</Mono> for 15 minutes.
                </p>
                <p className="small quiet" style={{ margin: '4px 0 12px' }}>
                  Your ticket <Mono>NW-2294</Mono>, closes in 14 min
                </p>
                <Row>
                  <ButtonLink href="/nw/provider-access/3107" size="sm">
                    Review request
                  </ButtonLink>
                  <span className="small quiet">Denied if you do nothing</span>
                </Row>
              </Panel>
              <Section title="Why joins were refused" note="24 h">
                <Bars
                  items={[
                    { label: 'Token expired', value: 21 },
                    { label: 'Outside the fence', value: 9 },
                    { label: 'Revoked', value: 4 },
                    { label: 'Signature does not match', value: 3 },
                  ]}
                />
              </Section>
              <Section title="Where sessions are" aside={<Simulated />}>
                <Row between>
                  <Region code="EU" />
                  <Num value={1243} />
                </Row>
                <Row between>
                  <Region code="IN" />
                  <Num value={41} />
                </Row>
              </Section>
            </>
          }
        >
          <Stack gap={5}>
            <Panel title="Protections" aside="Checked against the edges 3 s ago" flush>
              <Table
                label="Protections"
                rows={PROTECTIONS}
                rowKey={(row) => row.label}
                href={() => '/nw/consult/fence'}
                tone={(row) => (row.state === 'open' ? 'gap' : undefined)}
                columns={[
                  {
                    id: 'n',
                    head: <span className="sr">Number</span>,
                    index: true,
                    cell: (row) => PROTECTIONS.indexOf(row) + 1,
                  },
                  {
                    id: 'name',
                    head: 'Protection',
                    grow: true,
                    cell: (row) => <NameCell name={row.label} more={row.more} under={row.setting} />,
                  },
                  { id: 'setting', head: 'Setting', hide: true, cell: (row) => row.setting },
                  { id: 'by', head: 'Run by', hide: true, quiet: true, cell: (row) => row.by },
                  {
                    id: 'state',
                    head: 'State',
                    cell: (row) => (
                      <Status
                        state={row.state}
                        word={row.state === 'applied' ? 'Applying' : undefined}
                        detail={row.state === 'applied' ? '9/11' : undefined}
                      />
                    ),
                  },
                ]}
              />
            </Panel>
            <Section
              title="Last changes"
              aside={
                <a className="link" href="/nw/audit">
                  All in the audit log
                </a>
              }
            >
              <Row between>
                <span className="small strong">Fence narrowed from EU, IN to EU</span>
                <span className="small quiet">
                  <Time at={NOW - 3 * 3_600_000} />
                </span>
              </Row>
            </Section>
          </Stack>
        </Split>
      </Page>
    </CustomerFrame>
  );
}

export function fence() {
  return (
    <CustomerFrame current="/nw/consult/fence">
      <Page>
        <PageHead
          title="Fence: EU"
          lede="Change 4182. Edges that have not answered still hold version 12 and come first."
          acts={<Button>Put version 12 back</Button>}
        />
        <Stack gap={5}>
          <Steps
            items={[
              { title: 'Planned', note: '09:41:52', state: 'done' },
              { title: 'Approved', note: 'code, 09:42:06', state: 'done' },
              { title: 'Applied', note: '10 of 11 edges', state: 'done' },
              { title: 'Enforcing', note: '9 of 11 edges, 41 sessions to cut', state: 'now' },
              { title: 'Closed', note: 'evidence kept', state: 'todo' },
            ]}
          />
          <Split
            width="medium"
            aside={
              <>
                <Columns n={2}>
                  <Figure label="Enforced" value="9" unit="/ 11" size="big" />
                  <Figure label="Slowest so far" value="0.28" unit="s" size="big" />
                </Columns>
                <Panel flush>
                  <Diff
                    lines={[
                      { key: 'scope', value: 'audio video message board' },
                      { sign: '-', key: 'allow', value: 'EU, IN' },
                      { sign: '+', key: 'allow', value: 'EU' },
                    ]}
                  />
                </Panel>
                <Note tone="accent">
                  New joins in IN are already refused on <Mono>in-bom-1</Mono>. Its 29 live sessions are being cut.
                </Note>
              </>
            }
          >
            <WorldMap
              regions={{ EU: 'allowed', IN: 'leaving' }}
              edges={EDGES.map((edge) => ({
                ...edge,
                labelled: false,
                state: edge.region === 'EU' ? 'enforced' : edge.region === 'IN' ? 'applied' : 'offline',
              }))}
              joins={[
                { from: [-95, 33], to: 'eu-dub-1', refused: true },
                { from: [62, 32], to: 'eu-waw-1', refused: true },
                { from: [14, 45], to: 'eu-fra-1' },
              ]}
              simulated
            />
          </Split>
          <Table
            edge
            density="map"
            label="Edges"
            rows={EDGES.slice(2, 9)}
            rowKey={(row) => row.name}
            tone={(row) => (row.state === 'applied' ? 'motion' : undefined)}
            columns={[
              { id: 'edge', head: 'Edge', cell: (row) => <Mono>{row.name}</Mono> },
              { id: 'region', head: 'Region', cell: (row) => <Region code={row.region} /> },
              { id: 'place', head: 'Place', hide: true, cell: (row) => row.place },
              {
                id: 'state',
                head: 'State',
                cell: (row) => <Status state={row.state === 'applied' ? 'applied' : 'enforced'} />,
              },
              {
                id: 'track',
                head: <TrackHead />,
                hide: true,
                cell: (row) => (
                  <EnforcementTrack applied="done" enforced={row.state === 'applied' ? 'moving' : 'done'} />
                ),
              },
              {
                id: 'took',
                head: 'Enforced',
                align: 'num',
                cell: (row) => (row.state === 'applied' ? '…' : <Mono>+0.23 s</Mono>),
              },
              { id: 'sessions', head: 'Sessions', hide: true, quiet: true, cell: (row) => <>keeps {row.sessions}</> },
            ]}
          />
        </Stack>
      </Page>
    </CustomerFrame>
  );
}

export function inspector() {
  return (
    <CustomerFrame current="/nw/consult/tokens">
      <Page>
        <PageHead
          title="Would this join?"
          lede="Paste a token and say where it is used. The answer runs the same rules as an edge, on policy 2.4182."
        />
        <Columns n={2} gap={8}>
          <Stack gap={5}>
            <Field name="token" label="Token" aside="203 characters, 007">
              <Textarea
                mono
                rows={4}
                defaultValue="007eJxTYJBb3sU6nYn7JzdrdFY3mbV7zvSHqbHPrcXnKfEXtLCo2Cgwp6QYWhibGhiYpJklGxsZGpkkmxqlGBknJyUaGxgY"
              />
            </Field>
            <Section title="What it says" note="signed, not encrypted: anyone can read this">
              <DefinitionList
                ruled
                items={[
                  { term: 'App ID', value: <Id value="8f2c4e1177aa4bb29003c2aef1d0d01b" label="App ID" /> },
                  { term: 'Expires', value: <Time at={NOW} mode="exact" /> },
                  { term: 'RTC channel', value: <Mono>ward-7</Mono> },
                  {
                    term: 'Privileges',
                    value: (
                      <>
                        <Tag>join</Tag> <Tag>audio</Tag> <Tag>video</Tag>
                      </>
                    ),
                  },
                  { term: 'Token ID', value: <Id value="5be0cc1a9a2b11a9c2" kind="t" label="token ID" /> },
                ]}
              />
            </Section>
            <Row wrap>
              <Button icon="copy">Copy as report</Button>
              <Button variant="danger">Revoke this token…</Button>
              <Button reason="17 joins still use it">Retire</Button>
            </Row>
          </Stack>
          <Stack gap={4}>
            <Columns n={2} gap={3}>
              <Field name="channel" label="Channel">
                <Input mono small defaultValue="ward-7" />
              </Field>
              <Field name="edge" label="At edge">
                <Select mono small options={[{ value: 'na-iad-1', label: 'na-iad-1' }]} />
              </Field>
            </Columns>
            <Panel>
              <DecisionLadder
                verdict={{
                  state: 'refused',
                  title: 'Refused by the fence',
                  text: (
                    <>
                      Edge <Mono>na-iad-1</Mono> is in NA. Consult allows EU only.
                    </>
                  ),
                  code: '403 fence.region',
                }}
                steps={[
                  { name: 'Form', text: '007, 203 characters, canonical', code: 'form', state: 'passed' },
                  { name: 'Project', text: 'Consult is active, production', code: 'project.active', state: 'passed' },
                  {
                    name: 'Signature',
                    text: 'matches the primary certificate',
                    code: 'signature.primary',
                    state: 'passed',
                  },
                  { name: 'Time', text: 'valid until 10:12:04, 29 min left', code: 'time.token', state: 'passed' },
                  { name: 'Fence', text: 'NA is not inside EU', code: 'fence.region', state: 'refused' },
                  { name: 'Bans and limits', text: '', code: 'ban', state: 'skipped' },
                  { name: 'Privileges', text: '', code: 'privilege', state: 'skipped' },
                ]}
              />
            </Panel>
            <Row between>
              <Simulated what="regions" />
              <span className="small quiet">
                <Kbd>↑</Kbd> <Kbd>↓</Kbd> next edge
              </span>
            </Row>
          </Stack>
        </Columns>
      </Page>
    </CustomerFrame>
  );
}

const LINES = { open: 'broken', failed: 'barred', applied: 'dashed', enforced: 'solid', offline: 'dotted' } as const;
const WORDS = {
  open: 'Stale',
  failed: 'Rejected',
  applied: 'Applying',
  enforced: 'In sync',
  offline: 'Drained',
} as const;

export function fleet() {
  return (
    <StaffFrame current="/staff/fleet">
      <Page>
        <PageHead
          title="Fleet"
          count="14 edges, 9,711 sessions"
          marks={<Simulated what="places" />}
          acts={
            <>
              <Button icon="refresh">Every 10 s</Button>
              <Button>Enrol an edge</Button>
            </>
          }
        />
        <Split
          width="medium"
          aside={
            <DefinitionList
              ruled
              items={(['open', 'failed', 'applied', 'enforced'] as const).map((state) => ({
                term: WORDS[state],
                value: <Num value={EDGES.filter((each) => each.state === state).length} />,
              }))}
            />
          }
        >
          <WorldMap rest="plain" edges={EDGES} legend={false} low />
        </Split>
        <Filters
          path="/staff/fleet"
          params={{ sort: 'attention' }}
          search={{ name: 'q', placeholder: 'Find an edge' }}
          chips={[{ key: 'Sort', value: 'needs attention first', param: 'sort' }]}
          add={[{ label: 'Region', param: 'region', options: [{ label: 'EU', value: 'EU' }] }]}
        />
        <Table
          edge
          density="map"
          label="Edges"
          rows={EDGES}
          rowKey={(row) => row.name}
          href={(row) => `/staff/fleet/${row.name}`}
          menu={() => [{ label: 'Drain…', danger: true }]}
          columns={[
            { id: 'edge', head: 'Edge', cell: (row) => <Mono>{row.name}</Mono> },
            { id: 'region', head: 'Region', cell: (row) => <Region code={row.region} /> },
            { id: 'place', head: 'Place', hide: true, cell: (row) => row.place },
            { id: 'state', head: 'State', cell: (row) => <Status state={row.state} word={WORDS[row.state]} /> },
            { id: 'line', head: 'Line', hide: true, cell: (row) => <Line kind={LINES[row.state]} /> },
            { id: 'active', head: 'Active', align: 'num', hide: true, cell: (row) => row.policy },
            { id: 'wanted', head: 'Wanted', align: 'num', hide: true, quiet: true, cell: () => 4182 },
            {
              id: 'sessions',
              head: 'Sessions',
              align: 'num',
              strong: true,
              cell: (row) => <Num value={row.sessions} />,
              sort: { href: '?sort=sessions', direction: 'descending' },
            },
          ]}
          foot={<Pager shown={13} total={14} noun="edges" next="?cursor=x" />}
        />
      </Page>
    </StaffFrame>
  );
}

const EVENTS = Array.from({ length: 16 }, (_, i) => ({
  id: `evt_${48_219 - i}`,
  index: 48_219 - i,
  at: NOW - i * 5_217_000,
  type: ['Grant', 'Step-up', 'Policy', 'Lockbox', 'Certificate'][i % 5]!,
  what: [
    'Approval signed by Security for request 3107',
    'Code confirmed for “apply fence”',
    'Fence narrowed from EU, IN to EU',
    'Customer consent to request 3107 until 11:30',
    'Secondary c2:41e8…9b first used to sign',
  ][i % 5]!,
}));

export function audit() {
  return (
    <AuditorFrame current="/auditor/log">
      <Page>
        <PageHead
          title="Audit log"
          count="1,284 of 48,219 events"
          acts={
            <>
              <Button icon="clock" size="sm">
                1 Nov – 21 Nov 2026, UTC
              </Button>
              <Button size="sm" kbd="V">
                Verify this page
              </Button>
            </>
          }
        />
        <Filters
          path="/auditor/log"
          params={{ project: 'consult', type: 'grant' }}
          search={{ name: 'q', placeholder: 'Search descriptions' }}
          chips={[
            { key: 'Project', value: 'Consult', param: 'project' },
            { key: 'Type', value: '8 of 14', param: 'type' },
          ]}
          add={[{ label: 'Filter', param: 'actor', options: [{ label: 'Anyone', value: 'any' }] }]}
        />
        <Split
          width="wide"
          ruled
          aside={
            <Stack gap={3}>
              <Section title="Export">
                <p className="small quiet">What is filtered is what is exported.</p>
              </Section>
              <Checkbox
                name="complete"
                label="Proof that nothing is left out"
                hint="46,935 other events as stubs, no content"
                defaultChecked
              />
              <Checkbox
                name="checkpoint"
                label="Signed checkpoint and witnesses"
                hint="2 of 3, third silent for 6 min"
                defaultChecked
              />
              <Checkbox name="key" label="Encrypt to your key" reason="No key is registered for this engagement" />
              <Button variant="primary" size="lg" wide>
                Export 1,284 events
              </Button>
            </Stack>
          }
        >
          <Table
            edge="start"
            label="Events"
            rows={EVENTS}
            rowKey={(row) => row.id}
            href={(row) => `/auditor/log/${row.id}`}
            selected={(row) => row.index === 48_216}
            group={(row) => formatDate(row.at)}
            columns={[
              {
                id: 'time',
                head: 'Time, UTC',
                cell: (row) => <Time at={row.at} mode="clock" />,
                sort: { href: '?sort=time', direction: 'descending' },
              },
              { id: 'type', head: 'Type', hide: true, cell: (row) => row.type },
              { id: 'what', head: 'What happened', strong: true, grow: true, wrap: true, cell: (row) => row.what },
              {
                id: 'index',
                head: 'Index',
                align: 'num',
                hide: true,
                cell: (row) => (
                  <Mono>
                    <Num value={row.index} />
                  </Mono>
                ),
              },
              {
                id: 'proof',
                head: 'Proof',
                cell: (row) =>
                  row.index > 48_217 ? (
                    <Status state="applied" word="Next checkpoint" />
                  ) : (
                    <Status state="enforced" word="Included" />
                  ),
              },
            ]}
          />
        </Split>
      </Page>
    </AuditorFrame>
  );
}
