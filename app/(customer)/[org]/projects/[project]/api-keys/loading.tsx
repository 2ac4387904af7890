import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Name', 'Prefix', 'Scopes', 'Last used', 'State']} rows={5} />;
}
