import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Edge', 'Region', 'State', 'Applied', 'Enforced', 'Sessions', 'Memory', 'Spool']} />;
}
