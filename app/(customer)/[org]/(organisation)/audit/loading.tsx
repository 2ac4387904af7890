import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Time, UTC', 'What happened', 'Event', 'Who', 'Outcome']} rows={14} />;
}
