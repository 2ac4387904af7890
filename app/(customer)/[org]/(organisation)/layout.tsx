import type { ReactNode } from 'react';
import { CustomerFrame } from '../../_frame/customer-frame';
import { customer } from '../../_frame/door';

export default async function OrganisationLayout({
  params,
  children,
}: {
  params: Promise<{ org: string }>;
  children: ReactNode;
}) {
  const { org } = await params;
  return <CustomerFrame page={await customer(org)}>{children}</CustomerFrame>;
}
