import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Edge', 'Region', 'New joins', 'State', 'Enforces']} rows={8} />;
}
