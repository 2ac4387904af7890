'use server';

import { findInvitation, findReset, guarded, requestRealm, setLinkCookie, setupOpen } from '@/lib/identity';
import { linkSecret } from '@/lib/identity/schemas';

const why = 'Whoever holds the link may open it; its secret of 256 bits is the credential.';

/** Takes a link's secret off the page and keeps it where scripts cannot read it. */
export const openLinkAction = guarded({ public: { why } }, async (_nobody, text: string): Promise<{ ok: boolean }> => {
  const secret = linkSecret.safeParse(text);
  if (!secret.success) return { ok: false };
  const realm = await requestRealm();
  const known =
    (await findInvitation(realm, secret.data)) !== null ||
    (await findReset(realm, secret.data)) !== null ||
    (realm === 'staff' && (await setupOpen()));
  if (known) await setLinkCookie(realm, secret.data);
  return { ok: known };
});
