import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return (
    <PageSkeleton columns={['Where', 'State', 'Personal values', 'Next place', 'Behind', 'Last answer']} rows={3} />
  );
}
