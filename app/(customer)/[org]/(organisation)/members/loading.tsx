import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Name', 'Email', 'Role', 'Status', 'Member since']} rows={6} />;
}
