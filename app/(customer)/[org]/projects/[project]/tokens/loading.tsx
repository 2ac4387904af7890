import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['For', 'Channel', 'User', 'Lifetime']} rows={5} />;
}
