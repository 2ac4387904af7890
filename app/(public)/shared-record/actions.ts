'use server';

import { revalidatePath } from 'next/cache';
import { auditSource, guarded, requestSource, setViewCookie } from '@/lib/identity';
import { openShare, recordingErrors } from '@/lib/recordings';

const why = 'Whoever holds the link may open it; its secret of 256 bits is the credential.';

/** Opens a link: it counts, and is recorded. The browser gets a view of its own, in a cookie that scripts cannot read. */
export const openShareAction = guarded({ public: { why } }, async (_nobody, link: string): Promise<{ ok: boolean }> => {
  try {
    await setViewCookie(await openShare(String(link).slice(0, 64), await requestSource(), await auditSource()));
  } catch (error) {
    if (recordingErrors.is(error)) return { ok: false };
    throw error;
  }
  revalidatePath('/shared-record');
  return { ok: true };
});
