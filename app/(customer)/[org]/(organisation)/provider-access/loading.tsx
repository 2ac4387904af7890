import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['What', 'Who', 'Purpose', 'Asked', 'From', 'To', 'State']} />;
}
