import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Who', 'Asked for', 'Asked', 'Agreed', 'Sessions', 'Ended or ends', 'State']} />;
}
