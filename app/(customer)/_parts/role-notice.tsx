import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';

/** A page whose content the role does not include: named, with who can help. */
export function RoleNotice({ title, what, role }: { title: string; what: string; role: string }) {
  return (
    <Page>
      <PageHead title={title} />
      <Empty title={`Not part of the role ${role}`}>
        {what} An owner or administrator of the organisation can change your role.
      </Empty>
    </Page>
  );
}
