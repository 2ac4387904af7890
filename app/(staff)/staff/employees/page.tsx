import type { Metadata } from 'next';
import { UrlPanel } from '@/app/_parts/url-panel';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { Filters } from '@/app/_ui/filters';
import { Id } from '@/app/_ui/id';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { Section } from '@/app/_ui/panel';
import { type Params, withParams } from '@/app/_ui/query';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import { listEmployeeInvitations, listEmployees, listWaitingPasskeys } from '@/lib/employees';
import type { EmployeeInvitationView, EmployeeView } from '@/lib/employees/schemas';
import { type StaffPage, staff } from '../../_frame/door';
import { EmployeeActs, RevokeInvitation } from './employee-acts';
import { InviteEmployee } from './invite-employee';
import { InviteFromList } from './invite-from-list';
import { WaitingPasskeys } from './waiting-passkeys';

export const metadata: Metadata = { title: 'Employees' };

const PATH = '/staff/employees';

export default async function EmployeesPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const [employees, invitations, waiting] = await Promise.all([
    listEmployees(page.secret),
    listEmployeeInvitations(page.secret, new Date()),
    listWaitingPasskeys(page.secret),
  ]);
  const q = typeof params.q === 'string' ? params.q.trim().toLowerCase() : '';
  const shown = employees.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(q));
  const open = employees.find(({ id }) => id === params.open);
  const opened = (id: string | null) => withParams(PATH, params, { open: id });
  const inviteReason = page.reason('create', 'Invitation');
  const endorseReason = page.reason('endorse', 'Passkey');

  return (
    <Page>
      <PageHead
        title="Employees"
        count={employees.length}
        lede="The provider’s own people. Each acts under their own name, and every act stands in the provider log."
        acts={
          <>
            <InviteFromList reason={inviteReason} />
            <InviteEmployee reason={inviteReason} />
          </>
        }
      />
      <Stack gap={8}>
        {waiting.length > 0 ? (
          <WaitingPasskeys of={waiting} userId={page.userId} mayEndorse={endorseReason === undefined} />
        ) : null}
        <div>
          <Filters path={PATH} params={params} search={{ name: 'q', value: q, placeholder: 'Find an employee' }} />
          <Table
            label="Employees"
            density="row"
            edge
            rows={shown}
            rowKey={({ id }) => id}
            href={({ id }) => opened(id)}
            selected={({ id }) => id === open?.id}
            columns={[
              {
                id: 'name',
                head: 'Name',
                grow: true,
                cell: ({ id, name, email, role }) => (
                  <NameCell name={name} more={id === page.userId ? 'you' : undefined} under={`${role}, ${email}`} />
                ),
              },
              { id: 'email', head: 'Email address', hide: true, cell: ({ email }) => email },
              { id: 'role', head: 'Role', hide: true, cell: ({ role }) => role },
              { id: 'status', head: 'Status', hide: true, cell: ({ status }) => <AccountStatus of={status} /> },
              { id: 'since', head: 'Since', hide: true, cell: ({ since }) => <Time at={since} /> },
              { id: 'passkey', head: 'Passkey', cell: ({ passkeys }) => <PasskeyState of={passkeys} /> },
            ]}
            empty={<Empty title="Nobody fits">No name or address contains “{q}”.</Empty>}
            foot={<Pager shown={shown.length} total={employees.length} noun="employees" />}
          />
        </div>
        {waiting.length === 0 ? (
          <Section title="Waiting passkeys">
            <Empty title="No passkey is waiting" compact>
              A new passkey of an employee opens nothing until a second person endorses it. Whoever made one reads its
              fingerprint to an administrator or a security officer, who finds it here and compares.
            </Empty>
          </Section>
        ) : null}
        <Section title="Waiting invitations" note={invitations.length === 0 ? undefined : String(invitations.length)}>
          {/* Row policies show them to administrators alone: an empty list would say something untrue to everybody else. */}
          {inviteReason ? (
            <p className="quiet">Administrators see and withdraw them.</p>
          ) : (
            <Invitations of={invitations} reason={page.reason('revoke', 'Invitation')} />
          )}
        </Section>
      </Stack>
      {open ? <Employee of={open} closeHref={opened(null)} reason={reasonFor(page, open, employees)} /> : null}
    </Page>
  );
}

/** Why role and status cannot be changed: the role of who looks, the person being oneself, or the last administrator. */
function reasonFor(
  page: StaffPage,
  { id, role, status }: EmployeeView,
  employees: readonly EmployeeView[],
): string | undefined {
  const role_ = page.reason('change', 'User');
  if (role_) return role_;
  if (id === page.userId) return 'Ask another administrator to change your own role or status.';
  const administrators = employees.filter((one) => one.role === 'administrator' && one.status === 'active');
  return role === 'administrator' && status === 'active' && administrators.length === 1
    ? 'The provider keeps at least one administrator.'
    : undefined;
}

const AccountStatus = ({ of }: { of: EmployeeView['status'] }) =>
  of === 'active' ? <Status state="enforced" word="Active" /> : <Status state="refused" word="Disabled" />;

/** The strongest there is: without one nobody gets in, and acts on production machines take a device-bound one. */
function PasskeyState({ of: { deviceBound, synced, waiting } }: { of: EmployeeView['passkeys'] }) {
  const more = deviceBound + synced > 1 ? `${deviceBound + synced}` : undefined;
  if (deviceBound > 0) return <Status state="enforced" word="Device-bound" detail={more} />;
  if (synced > 0) return <Status state="enforced" word="Synced" detail={more} />;
  return waiting > 0 ? <Status state="waiting" /> : <Status state="planned" word="None yet" />;
}

function Employee({ of, closeHref, reason }: { of: EmployeeView; closeHref: string; reason?: string }) {
  return (
    <UrlPanel title={of.name} lede={of.email} closeHref={closeHref}>
      <Stack gap={6}>
        <DefinitionList
          ruled
          items={[
            { term: 'Status', value: <AccountStatus of={of.status} /> },
            { term: 'Passkeys', value: <PasskeyState of={of.passkeys} /> },
            { term: 'Since', value: <Time at={of.since} mode="exact" /> },
            { term: 'User', value: <Id value={of.id} label="user ID" /> },
            {
              term: 'Acts',
              value: (
                <a className="link" href={`/staff/log?actor=${of.id}`}>
                  What they did
                </a>
              ),
            },
          ]}
        />
        <EmployeeActs employee={of} reason={reason} />
      </Stack>
    </UrlPanel>
  );
}

function Invitations({ of, reason }: { of: readonly EmployeeInvitationView[]; reason?: string }) {
  return (
    <Table
      label="Waiting invitations"
      density="row"
      edge
      rows={of}
      rowKey={({ id }) => id}
      columns={[
        { id: 'email', head: 'Email address', grow: true, cell: ({ email }) => email },
        { id: 'role', head: 'Role', cell: ({ role }) => role },
        { id: 'expires', head: 'Ends', hide: true, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
        {
          id: 'withdraw',
          head: <span className="sr">Withdraw</span>,
          align: 'num',
          tight: true,
          cell: ({ id, email }) => <RevokeInvitation invitationId={id} email={email} reason={reason} />,
        },
      ]}
      empty={<p className="quiet">Nobody has an open invitation. A link is good for seven days and for one address.</p>}
    />
  );
}
