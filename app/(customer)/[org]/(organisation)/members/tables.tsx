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
  keys,
}: {
  members: readonly MemberRow[];
  viewer: Viewer;
  roles: readonly RoleOption[];
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
          cell: ({ status }) =>
            status === 'active' ? (
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
