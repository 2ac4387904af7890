import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Target', 'Who', 'Through', 'Confirmed', 'Began', 'Ended', 'State']} />;
}
