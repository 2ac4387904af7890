import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Channel', 'Account', 'Edge', 'Region', 'Does', 'Since']} rows={10} />;
}
