import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['On the screen', 'At', 'Who', 'Target', 'Session']} />;
}
