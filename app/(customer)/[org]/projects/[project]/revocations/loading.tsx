import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Subject', 'Issued before', 'Reason', 'Made', 'Enforced']} rows={8} />;
}
