import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Project', 'App ID', 'Environment', 'Status', 'Fence']} />;
}
