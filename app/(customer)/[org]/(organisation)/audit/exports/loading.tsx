import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Export', 'Places', 'Events', 'Asked for by', 'When', 'State', 'File']} />;
}
