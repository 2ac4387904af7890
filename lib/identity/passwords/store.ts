import 'server-only';
import { door, withoutTenant } from '@/lib/db';

/** Characters a new password of the signed-in person needs: the strictest of their organisations' policies, for staff the provider's. */
export const passwordMinimum = (secret: string): Promise<number> =>
  withoutTenant((tx) => door.passwordMinimum(tx, secret));

/** The same for whoever makes an account with an invitation or the set-up link. */
export const passwordMinimumOfLink = (linkSecret: string): Promise<number> =>
  withoutTenant((tx) => door.passwordMinimumOfLink(tx, linkSecret));
