'use server';

import { callerOf } from '@/app/(customer)/_parts/caller';
import { type FormAnswer, guarded } from '@/lib/identity';
import { mintToken } from '@/lib/tokens';
import { mintToken as schema } from '@/lib/tokens/schemas';
import { ROLES } from '../tokens/_parts/request';
import { lifetimeToTry, type TryRole } from './_parts/words';

export interface TryMint {
  organisationId: string;
  projectId: string;
  channel: string;
  account: string;
  role: TryRole;
  /** The project's longest token life. */
  capSeconds: number;
}

/** A short token for the one who tries a channel in this browser. */
export const mintToTryAction = guarded(
  {
    action: 'mint',
    subject: 'Token',
    realm: 'customer',
    organisation: (input: TryMint) => String(input.organisationId),
  },
  async (
    principal,
    { projectId, channel, account, role, capSeconds }: TryMint,
  ): Promise<FormAnswer & { token?: string }> => {
    const privileges = role === 'publisher' ? ROLES.publisher.privileges : ROLES.audience.privileges;
    const asked = schema.safeParse({
      services: [{ kind: 'rtc', channel, account, privileges }],
      lifetimeSeconds: lifetimeToTry(capSeconds),
    });
    if (!asked.success)
      return { code: 'token.input', message: asked.error.issues[0]?.message ?? 'No token can be made of this.' };
    const { token } = await mintToken(await callerOf(principal), String(projectId), asked.data);
    return { ok: true, token };
  },
);
