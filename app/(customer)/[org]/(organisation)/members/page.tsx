import type { Metadata } from 'next';
import { formatNumber } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { roleMay, roleReason } from '@/app/(customer)/_parts/rights';
import { listMadeKeys } from '@/lib/api-keys';
import { PROJECTS_AT_MOST } from '@/lib/auditors/schemas';
import { listInvitations, listMembers, MEMBER_ROLES, roleRefusal } from '@/lib/organisations';
import { listProjects } from '@/lib/projects';
import { customer } from '../../../_frame/door';
import { InviteMember, type RoleOption } from './invite';
import { InvitationsTable, MembersTable } from './tables';

export const metadata: Metadata = { title: 'Members' };

export default async function MembersPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const page = await customer(org);
  const { principal, organisation, role } = page;
  const [members, invitations, keys, projects] = await Promise.all([
    listMembers(principal.secret, organisation.id),
    listInvitations(principal.secret, organisation.id, new Date()),
    roleMay(page, 'remove', 'Membership') ? listMadeKeys(page.caller) : [],
    listProjects(page.caller, { limit: PROJECTS_AT_MOST }).then(({ items }) =>
      items.map(({ id, name }) => ({ id, name })),
    ),
  ]);
  const viewer = { organisationId: organisation.id, userId: principal.userId, role };
  const roles: RoleOption[] = MEMBER_ROLES.map((each) => ({
    value: each.role,
    label: each.role.charAt(0).toUpperCase() + each.role.slice(1),
    hint: each.says,
    reason: roleRefusal(role, each.role) ?? undefined,
  }));

  return (
    <Page>
      <PageHead
        title="Members"
        count={formatNumber(members.length)}
        lede="People who sign in with their own account. Roles and removals hold from the next request on."
        acts={
          <InviteMember
            organisationId={organisation.id}
            roles={roles}
            projects={projects}
            reason={roleReason(page, 'create', 'Invitation')}
          />
        }
      />
      <Stack gap={6}>
        <MembersTable members={members} viewer={viewer} roles={roles} projects={projects} keys={keys} />
        {members.length === 1 && invitations.length === 0 ? (
          <Note title="You are alone here.">
            Invite a second owner: an organisation whose only owner is gone needs the provider to get back in.
          </Note>
        ) : null}
        {invitations.length > 0 ? <InvitationsTable invitations={invitations} viewer={viewer} /> : null}
      </Stack>
    </Page>
  );
}
