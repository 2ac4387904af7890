import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Records', 'Kept', 'Oldest', 'Records', 'Past period', 'Held', 'Prunable now']} />;
}
