import { PageSkeleton } from '@/app/_ui/skeleton';

export default function Loading() {
  return <PageSkeleton columns={['Name', 'Email address', 'Role', 'Status', 'Since', 'Passkey']} />;
}
