import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Decision', 'Until', 'For and against', 'State', 'Vote']} />;
}
