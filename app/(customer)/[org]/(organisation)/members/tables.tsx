import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import { Confirm } from '@/app/(customer)/_parts/stepped';
import type { MadeKey } from '@/lib/api-keys';
import {
  type InvitationRow,
  lastOwnerRefusal,
  type MemberRole,
  type MemberRow,
  roleRefusal,
} from '@/lib/organisations';
import { withdrawInvitationAction } from './actions';
import type { AuditorTermsProps, TermsView } from './auditor-terms';
import type { RoleOption } from './invite';
import { MemberActs } from './member-acts';

interface Viewer {
  organisationId: string;
  userId: string;
  role: MemberRole;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

export function MembersTable({
  members,
  viewer,
  roles,
  projects,
  keys,
}: {
  members: readonly MemberRow[];
  viewer: Viewer;
  roles: readonly RoleOption[];
  projects: AuditorTermsProps['projects'];
  keys: readonly MadeKey[];
}) {
  const owners = members.filter(({ role }) => role === 'owner').length;
  const reasonFor = (member: MemberRow) =>
    roleRefusal(viewer.role, member.role) ?? lastOwnerRefusal(member, owners) ?? undefined;
  const endReasonFor = (member: MemberRow) =>
    member.userId === viewer.userId
      ? 'Your own are on your account page.'
      : (roleRefusal(viewer.role, member.role) ?? undefined);
  return (
    <Table
      label="Members"
      density="row"
      edge
      rows={members}
      rowKey={({ membershipId }) => membershipId}
      columns={[
        {
          id: 'name',
          head: 'Name',
          grow: true,
          cell: ({ name, email, userId }) => (
            <NameCell name={name} more={userId === viewer.userId ? 'you' : undefined} under={email} />
          ),
        },
        { id: 'email', head: 'Email', hide: true, cell: ({ email }) => <bdi>{email}</bdi> },
        { id: 'role', head: 'Role', cell: ({ role }) => capital(role) },
        {
          id: 'status',
          head: 'Status',
          hide: true,
          cell: ({ status, terms }) =>
            terms ? (
              <Access terms={terms} />
            ) : status === 'active' ? (
              <Status state="enforced" word="Active" />
            ) : (
              <Status state="refused" word="Disabled" />
            ),
        },
        { id: 'since', head: 'Member since', hide: true, quiet: true, cell: ({ since }) => <Time at={since} /> },
        {
          id: 'acts',
          head: <span className="sr">Acts</span>,
          tight: true,
          cell: (member) => (
            <MemberActs
              organisationId={viewer.organisationId}
              membershipId={member.membershipId}
              name={member.name}
              role={member.role}
              you={member.userId === viewer.userId}
              roles={roles}
              projects={projects}
              terms={member.terms ? termsView(member.terms) : undefined}
              keys={keys
                .filter(({ createdById }) => createdById === member.userId)
                .map(({ name, projectName }) => ({ name, project: projectName }))}
              changeReason={reasonFor(member)}
              removeReason={reasonFor(member)}
              endReason={endReasonFor(member)}
              resetReason={endReasonFor(member)}
            />
          ),
        },
      ]}
    />
  );
}

/** Of an auditor: until when, and how much. */
function Access({ terms: { until, projects, from, before } }: { terms: NonNullable<MemberRow['terms']> }) {
  const over = until.getTime() <= Date.now();
  const scope = [
    projects ? `${projects.length} ${projects.length === 1 ? 'project' : 'projects'}` : 'all projects',
    ...(from || before ? ['some time'] : []),
  ].join(', ');
  return (
    <Status
      state={over ? 'closed' : 'expires'}
      word={over ? 'Ended' : 'Ends'}
      detail={
        <>
          <Time at={until} mode="exact" />, {scope}
        </>
      }
    />
  );
}

const day = (at: Date): string => at.toISOString().slice(0, 10);

function termsView({ until, projects, from, before }: NonNullable<MemberRow['terms']>): TermsView {
  return {
    // Access ends as the day after begins.
    until: day(new Date(until.getTime() - 1)),
    projects,
    ...(from ? { from: day(from) } : {}),
    ...(before ? { before: day(before) } : {}),
  };
}

export function InvitationsTable({ invitations, viewer }: { invitations: readonly InvitationRow[]; viewer: Viewer }) {
  return (
    <Section title="Invitations" note="waiting to be accepted">
      <Table
        label="Waiting invitations"
        density="row"
        edge
        rows={invitations}
        rowKey={({ id }) => id}
        columns={[
          {
            id: 'email',
            head: 'Email',
            grow: true,
            cell: ({ email, role }) => <NameCell name={email} under={capital(role)} />,
          },
          { id: 'role', head: 'Role', hide: true, cell: ({ role }) => capital(role) },
          { id: 'state', head: 'State', hide: true, cell: () => <Status state="waiting" /> },
          { id: 'invited', head: 'Invited', hide: true, quiet: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
          { id: 'expires', head: 'Expires', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
          {
            id: 'withdraw',
            head: <span className="sr">Withdraw</span>,
            tight: true,
            cell: ({ id, email, role }) => (
              <Confirm
                trigger={{
                  label: 'Withdraw…',
                  size: 'sm',
                  variant: 'danger',
                  reason: roleRefusal(viewer.role, role) ?? undefined,
                }}
                title={`Withdraw the invitation of ${email}`}
                act="Withdraw invitation"
                action={withdrawInvitationAction}
                hidden={{ organisationId: viewer.organisationId, invitationId: id }}
              >
                The link stops working at once. You can invite the same address again.
              </Confirm>
            ),
          },
        ]}
      />
    </Section>
  );
}
