import type { ReactNode } from 'react';
import { CustomerFrame } from '../../../_frame/customer-frame';
import { customerProject } from '../../../_frame/door';

export default async function ProjectLayout({
  params,
  children,
}: {
  params: Promise<{ org: string; project: string }>;
  children: ReactNode;
}) {
  const { org, project } = await params;
  const page = await customerProject(org, project);
  return (
    <CustomerFrame page={page} project={page.project}>
      {children}
    </CustomerFrame>
  );
}
