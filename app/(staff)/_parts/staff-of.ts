import 'server-only';
import { auditSource } from '@/lib/identity';

/** Somebody of the staff as the use cases of the provider's log want them, with where the act comes from for its event. */
export const staffOf = async ({ secret }: { secret: string }) => ({
  kind: 'staff' as const,
  secret,
  source: await auditSource(),
});
