import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['On', 'Why', 'Set by', 'Set', 'State']} />;
}
