import { useState } from 'react';
import { Button, ButtonLink } from '@/app/_ui/button';
import { LineChart } from '@/app/_ui/chart';
import { RadioCards, Segmented } from '@/app/_ui/choice';
import { ConfirmDialog } from '@/app/_ui/confirm';
import { SidePanel } from '@/app/_ui/dialog';
import { Empty } from '@/app/_ui/empty';
import { Enclosure } from '@/app/_ui/enclosure';
import { ErrorState } from '@/app/_ui/error-state';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { Ask, FormState } from '@/app/_ui/form-state';
import { Gate, Or } from '@/app/_ui/gate';
import { GLYPH_STATES } from '@/app/_ui/glyph';
import { Checkbox, Input, Password, Select } from '@/app/_ui/input';
import { Columns, Row, Stack } from '@/app/_ui/layout';
import { Menu } from '@/app/_ui/menu';
import { Note } from '@/app/_ui/note';
import { OneTimeCode } from '@/app/_ui/one-time-code';
import { Page, PageHead } from '@/app/_ui/page';
import { PageActs } from '@/app/_ui/page-acts';
import { Panel, Section } from '@/app/_ui/panel';
import { QrCode } from '@/app/_ui/qr-code';
import { qrPath } from '@/app/_ui/qr-path';
import { SecretOnce } from '@/app/_ui/secret-once';
import { TableSkeleton } from '@/app/_ui/skeleton';
import { Status } from '@/app/_ui/status';
import { StepUpDialog, type StepUpDialogProps } from '@/app/_ui/step-up';
import { SubmitButton } from '@/app/_ui/submit';
import { Table } from '@/app/_ui/table';
import { Tabs } from '@/app/_ui/tabs';
import { DataClass } from '@/app/_ui/tag';
import { Tape } from '@/app/_ui/tape';
import { Mono } from '@/app/_ui/text';
import { CustomerFrame, StaffFrame } from './frame-data';

const never = async () => ({
  message: 'A project of this name is already here.',
  code: 'project.name_taken',
  fields: { name: 'Already used by another project' },
});

export function states() {
  return (
    <CustomerFrame current="/nw/consult/certificates">
      <Page>
        <PageHead title="States" lede="Empty, one row, loading, failed, and the whole status vocabulary." />
        <Columns n={2}>
          <Empty
            title="No projects yet"
            command="npx cordon apply -f project.yaml --plan"
            action={
              <>
                <ButtonLink href="/nw/new" variant="primary">
                  Create a project
                </ButtonLink>
                <a className="link" href="/nw/import">
                  Import from a file
                </a>
              </>
            }
          >
            A project gets an App ID, two certificates and a fence. Your first call can be up in five minutes.
          </Empty>
          <Panel>
            <ErrorState
              title="The change was saved but could not be pushed"
              means="Every edge keeps enforcing policy 2.4181, so nobody who was refused can get in."
              facts={[{ term: 'Holds until', value: '22 Nov 09:41 UTC, then new joins are refused' }]}
              code="policy.signer_unreachable"
              request="req_01jd7k2m"
              action={<Button icon="refresh">Try now</Button>}
            >
              The signer has not answered for 40 s.
            </ErrorState>
          </Panel>
          <Panel title="One row" flush>
            <Table
              label="Members"
              rows={[
                { name: 'عيادة الشمال للرعاية عن بعد', role: 'owner' },
                { name: '北風遠隔診療株式会社の非常に長い組織名はここで省略されます', role: 'developer' },
              ]}
              rowKey={(row) => row.name}
              density="row"
              menu={() => []}
              columns={[
                { id: 'name', head: 'Name', grow: true, cell: (row) => <span dir="auto">{row.name}</span> },
                { id: 'role', head: 'Role', quiet: true, cell: (row) => row.role },
              ]}
            />
          </Panel>
          <Panel title="Loading" flush>
            <TableSkeleton columns={['Edge', 'Region', 'State']} rows={3} />
          </Panel>
          <Section title="Status">
            <Columns n={3} gap={2}>
              {GLYPH_STATES.map((state) => (
                <Status key={state} state={state} />
              ))}
            </Columns>
          </Section>
          <Stack>
            <Row wrap>
              <DataClass name="account" /> <DataClass name="enduser" /> <DataClass name="content" />{' '}
              <DataClass name="log" />
            </Row>
            <Note tone="notice" title="Callers in India will connect to Europe.">
              Their median round trip rises from 38 to 142 ms.
            </Note>
            <Note tone="danger" title="Export redaction is failing." action={<a href="/x">See the run</a>}>
              Exports are held until it passes.
            </Note>
            <Note tone="success">Verified against checkpoint 48,218.</Note>
            <Tabs
              label="Class"
              items={[
                { label: 'All', href: '?', current: true, count: 68 },
                { label: <DataClass name="account" />, href: '?c=account', count: 19 },
              ]}
            />
          </Stack>
        </Columns>
      </Page>
    </CustomerFrame>
  );
}

export function form() {
  return (
    <CustomerFrame current="/nw/settings">
      <Page>
        <PageHead title="Settings" lede="Everything here is enforced by the edges, not by the client." />
        <Columns n={2} gap={8}>
          <ActionForm action={never} onOk="stay">
            <Field name="name" label="Name" hint="Seen by members and in the audit log">
              <Input defaultValue="Consult" />
            </Field>
            <Field name="cap" label="Longest session" error="At most 24 h">
              <Input defaultValue="36 h" mono />
            </Field>
            <Field name="env" label="Environment">
              <Select
                options={[
                  { value: 'production', label: 'Production' },
                  { value: 'test', label: 'Test' },
                ]}
              />
            </Field>
            <RadioCards
              name="lockbox"
              legend="Lockbox"
              defaultValue="approve"
              columns={2}
              options={[
                { value: 'approve', label: 'Approve', hint: 'Provider staff wait for you' },
                { value: 'see', label: 'See only', hint: 'You are told at once' },
                { value: 'off', label: 'Off', reason: 'Your contract asks for at least See only' },
              ]}
            />
            <Checkbox
              name="six"
              label="Accept 006 tokens"
              hint="They carry no issue time; a revoked subject stays refused"
              defaultChecked
            />
            <FormActs>
              <SubmitButton>Apply to 11 edges</SubmitButton>
              <Button variant="ghost">Discard</Button>
            </FormActs>
          </ActionForm>
          <Stack gap={5}>
            <SecretOnce
              value="5cf1a2b3c4d5e6f708192a3b4c5d6e7f"
              label="Secondary certificate"
              fingerprint="c2:41e8…9b"
            />
            <Row gap={4} align="start">
              <QrCode
                qr={qrPath('otpauth://totp/Cordon:owner@northwind.example?secret=JBSWY3DPEHPK3PXP&issuer=Cordon')}
                label="QR code for an authenticator"
                size={140}
              />
              <Stack gap={3}>
                <Segmented
                  label="Format"
                  name="format"
                  defaultValue="pack"
                  items={[
                    { value: 'pack', label: 'Evidence pack' },
                    { value: 'csv', label: 'CSV' },
                    { value: 'ocsf', label: 'OCSF' },
                  ]}
                />
                <Menu
                  trigger={{ label: 'Acts', icon: 'more' }}
                  items={[
                    { label: 'Rotate', icon: 'refresh' },
                    { label: 'Delete…', danger: true, reason: '17 joins still use it' },
                  ]}
                />
              </Stack>
            </Row>
            <Columns n={2}>
              <Enclosure label="Reach">
                <Mono>eu-fra-2</Mono> read only, 1 role
              </Enclosure>
              <Enclosure label="Out of reach" kind="out">
                31 other projects
              </Enclosure>
            </Columns>
            <LineChart
              label="Joins by certificate: the new one rises to 606, the old one falls to 17"
              series={[
                { name: 'new', values: [0, 0, 5, 20, 120, 290, 400, 480, 540, 580, 600, 606] },
                { name: 'old', values: [600, 598, 590, 560, 450, 300, 200, 130, 80, 45, 25, 17], old: true },
              ]}
              x={['03:45', '05:45', '07:45', '09:43']}
            />
          </Stack>
        </Columns>
      </Page>
    </CustomerFrame>
  );
}

export function panel() {
  return (
    <CustomerFrame current="/nw/members">
      <Page>
        <PageHead title="Members" count="12" />
        <SidePanel open title="Invite a member" lede="They sign in with their own second factor.">
          <ActionForm action={never}>
            <Field name="email" label="E-mail">
              <Input type="email" defaultValue="developer@northwind.example" />
            </Field>
            <RadioCards
              name="role"
              legend="Role"
              defaultValue="developer"
              options={[
                { value: 'owner', label: 'Owner', hint: 'Everything, including members' },
                { value: 'developer', label: 'Developer', hint: 'Certificates, tokens, fence of test projects' },
              ]}
            />
            <FormActs>
              <SubmitButton>Invite as developer</SubmitButton>
            </FormActs>
          </ActionForm>
        </SidePanel>
      </Page>
    </CustomerFrame>
  );
}

export function confirm() {
  return (
    <CustomerFrame current="/nw/consult/certificates">
      <Page>
        <PageHead title="Certificates" />
        <ConfirmDialog open title="Cut every session of Consult" act="Cut 41 sessions" name="Consult" action={never}>
          41 live sessions end on 11 edges within half a second. Nobody can join until you put a certificate back.
        </ConfirmDialog>
      </Page>
    </CustomerFrame>
  );
}

/** A fence change as lib/policy words it, with as many regions as there are. */
const FENCE_ASK: Ask = {
  action: 'fence.apply',
  object: 'prj_01',
  version: '13',
  terms: [
    ['Project', 'Consult'],
    [
      'Fence before',
      'EU Europe (home), NA North America, AS Asia (without mainland China, Japan, India), JP Japan, IN India',
    ],
    ['Fence after', 'EU Europe (home), JP Japan'],
    ['Sessions cut', 'all in NA North America, AS Asia (without mainland China, Japan, India), IN India'],
  ],
};
const KEY_ASK: Ask = {
  action: 'api-key.create',
  object: 'prj_01',
  version: '',
  terms: [
    ['Project', '北風遠隔診療'],
    ['Name', 'Token server \u202e terces'],
    ['Scopes', 'project:read, token:mint, token:inspect'],
    ['Expires', '2027-02-20 00:00:00 UTC'],
  ],
};

/** The dialog with a server behind it that takes no code. */
function StepUp(props: Pick<StepUpDialogProps, 'ask' | 'ways'> & Partial<StepUpDialogProps>) {
  const [answer, setAnswer] = useState<FormState>(props.answer ?? {});
  const [phase, setPhase] = useState(props.phase ?? 'choosing');
  const [round, setRound] = useState(0);
  const [open, setOpen] = useState(true);
  async function code() {
    setPhase('checking');
    setAnswer(await never());
    setRound((n) => n + 1);
    setPhase('choosing');
  }
  return (
    <CustomerFrame current="/nw/consult/fence">
      <Page>
        <PageHead
          title="Narrow the fence to Europe and Japan"
          acts={
            <Button variant="primary" onClick={() => setOpen(true)}>
              Apply to 11 edges
            </Button>
          }
        />
        <StepUpDialog
          act="Apply the fence"
          object="Consult"
          open={open}
          onOpenChange={setOpen}
          round={round}
          onPasskey={() => setPhase('device')}
          onCode={code}
          onAgain={() => undefined}
          {...props}
          answer={answer}
          phase={phase}
        />
      </Page>
    </CustomerFrame>
  );
}

export const stepUp = () => <StepUp ask={FENCE_ASK} ways={{ passkey: true, code: true }} />;
export const stepUpCode = () => (
  <StepUp ask={KEY_ASK} act="Create an API key" ways={{ passkey: false, code: true }} changed />
);
export const stepUpRefused = () => (
  <StepUp
    ask={FENCE_ASK}
    ways={{ passkey: true, code: false }}
    answer={{
      code: 'identity.passkey.device_bound',
      message: 'This takes a passkey that cannot leave its device, such as a security key.',
    }}
  />
);

const ACTS = [
  { id: 'revoke', label: 'Revoke tokens of a user', icon: 'token', hint: 'asks for your code' },
  { id: 'revert', label: 'Revert the fence to version 12', icon: 'refresh' },
  { id: 'retire', label: 'Retire the old certificate', icon: 'cert', reason: '17 joins still use it' },
] as const;

export function palette() {
  return (
    <CustomerFrame current="/nw/consult/fence">
      <Page>
        <PageActs acts={ACTS} />
        <PageHead title="Fence: EU" />
      </Page>
    </CustomerFrame>
  );
}

export function gate() {
  return (
    <Gate
      title="Confirm it is you"
      lede="Step 2 of 2. Password accepted."
      foot={
        <>
          <span>Session lasts 8 h, 1 h idle</span>
          <a href="/trust">Report a vulnerability</a>
        </>
      }
    >
      <Field name="password" label="Password">
        <Password defaultValue="correct horse" />
      </Field>
      <Or>or a code from your authenticator</Or>
      <OneTimeCode autoFocus />
    </Gate>
  );
}

export function taped() {
  return (
    <StaffFrame
      current="/staff/grants"
      banner={
        <Tape
          until={Date.now() + 1_122_000}
          actions={
            <>
              <Button>Open terminal</Button>
              <Button>Give back</Button>
            </>
          }
        >
          You have production access to <Mono>eu-dub-1</Mono>, recorded, visible to Harbour Learning
        </Tape>
      }
    >
      <Page>
        <PageHead title="Grants" count="2 active" />
        <Empty title="Nothing is waiting" compact>
          Requests for production access appear here.
        </Empty>
      </Page>
    </StaffFrame>
  );
}
