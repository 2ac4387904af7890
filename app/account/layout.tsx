import type { ReactNode } from 'react';
import { accountUser } from '@/app/_parts/frame-parts';
import { SignedIn } from '@/app/_parts/signed-in';
import { Frame } from '@/app/_ui/frame';
import { staff } from '@/app/(staff)/_frame/door';
import { StaffFrame } from '@/app/(staff)/_frame/staff-frame';
import { membershipsOf, organisationPath, requirePrincipal } from '@/lib/identity';

/** The same page on both origins: inside the provider's frame for staff, with the way to each organisation for customers. */
export default async function AccountLayout({ children }: { children: ReactNode }) {
  const principal = await requirePrincipal();
  if (principal.realm === 'staff') return <StaffFrame page={await staff()}>{children}</StaffFrame>;
  const memberships = await membershipsOf(principal.secret);
  return (
    <Frame
      area="customer"
      nav={[
        { items: [{ label: 'Your account', href: '/account', icon: 'gear', exact: true, go: 'y' }] },
        {
          label: 'Organisations',
          items: memberships.map((membership) => ({
            label: membership.name,
            href: organisationPath(membership),
            icon: 'pack' as const,
          })),
        },
      ]}
      user={accountUser(principal)}
    >
      <SignedIn secret={principal.secret} />
      {children}
    </Frame>
  );
}
