import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return (
    <PageSkeleton columns={['Attack', 'From', 'Accounts', 'Failures', 'Within', 'Found', 'What was done', 'State']} />
  );
}
