'use server';

import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { type FormAnswer, guarded } from '@/lib/identity';
import { mintToken } from '@/lib/tokens';
import type { MintedToken } from '@/lib/tokens/schemas';
import { readMintForm } from './_parts/request';

export interface MintAnswer extends FormAnswer {
  /** The token with the audience it was made for; handed to the browser once, stored nowhere. */
  minted?: MintedToken & { channel: string; account: string };
}

/** Makes a token for testing. */
export const mintTokenAction = guarded(
  {
    action: 'mint',
    subject: 'Token',
    realm: 'customer',
    organisation: organisationOf,
  },
  async (principal, _previous: MintAnswer, data: FormData): Promise<MintAnswer> => {
    const read = readMintForm(data);
    if (!read.ok)
      return {
        code: 'token.input',
        message: 'Nothing was made. Look at the fields marked below.',
        fields: read.fields,
      };
    const minted = await mintToken(await callerOf(principal), String(data.get('projectId') ?? ''), read.request);
    const [service] = read.request.services;
    const rtc = service?.kind === 'rtc' ? service : null;
    return {
      ok: true,
      minted: { ...minted, channel: rtc?.channel ?? '', account: rtc && rtc.account !== '*' ? rtc.account : '' },
    };
  },
);
