import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['UTC', 'On call', 'Set by', 'State']} />;
}
