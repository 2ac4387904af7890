import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Who', 'General', 'Additional', 'Agreement', 'Employer', 'Ready']} />;
}
