import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Edge', 'Channel', 'Your name']} rows={4} />;
}
