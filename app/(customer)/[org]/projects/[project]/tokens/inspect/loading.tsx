import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Token', 'Channel', 'Account', 'At edge', 'When']} rows={8} />;
}
