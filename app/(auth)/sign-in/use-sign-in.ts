'use client';
import { useEffect, useRef, useState } from 'react';
import type { FormAction } from '@/app/_ui/form-state';
import { type Begun, usePasskey } from '../_parts/use-passkey';
import { beginPasskeySignInAction, passkeySignInAction, signInAction } from './actions';
import { FRESH_MS, fieldOffer } from './field-offer';

/** The two ways in on one page: a passkey, by its button or from the list of the address field, and the password. One at a time. */
export function useSignIn(callbackUrl: string) {
  const ahead = useRef<{ begun: Begun; at: number } | null>(null);

  /** Fetched before it is wanted where possible, so that the browser asks right at the click. */
  async function begin(): Promise<Begun> {
    const held = ahead.current;
    ahead.current = null;
    return held && Date.now() - held.at < FRESH_MS ? held.begun : beginPasskeySignInAction();
  }
  const passkey = usePasskey(begin, (signed) => passkeySignInAction({ signed, callbackUrl }));

  const give = useRef(passkey.give);
  give.current = passkey.give;
  const [offer] = useState(() =>
    fieldOffer(
      async () => {
        const begun = await beginPasskeySignInAction();
        ahead.current = { begun, at: Date.now() };
        return begun.ok ? begun : null;
      },
      (signed) => give.current(signed),
    ),
  );
  useEffect(() => {
    if (passkey.pending) offer.hold();
    else void offer.start();
  }, [passkey.pending, offer]);
  useEffect(() => () => void offer.stop(), [offer]);

  const password: FormAction = async (previous, form) => {
    await offer.stop();
    const answer = await (signInAction as FormAction)(previous, form);
    void offer.start();
    return answer;
  };
  return { passkey, password };
}
