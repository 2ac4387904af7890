'use client';
import { startTransition, useActionState } from 'react';
import type { FormState } from '@/app/_ui/form-state';
import { type Challenge, type Signed, sayTrouble, sign } from './passkey';

/** What an action answers that gives a challenge: the challenge, or why there is none. */
export type Begun = ({ readonly ok: true } & Challenge) | (FormState & { readonly ok?: false });

export interface PasskeyAnswer {
  readonly state: FormState;
  readonly pending: boolean;
  /** Asks the browser for a signature over what `begin` gives. */
  readonly ask: () => void;
  /** Sends a signature that came another way: from the list of a field. */
  readonly give: (signed: Signed) => void;
}

/** A passkey's answer on its way from the browser to the server. What the server redirects to is followed. */
export function usePasskey(begin: () => Promise<Begun>, send: (signed: Signed) => Promise<FormState>): PasskeyAnswer {
  const [state, dispatch, pending] = useActionState<FormState, Signed | null>(async (_previous, given) => {
    let signed = given;
    if (!signed) {
      const begun = await begin();
      if (!begun.ok) return begun;
      try {
        signed = await sign(begun);
      } catch (error) {
        return sayTrouble(error);
      }
    }
    return send(signed);
  }, {});
  return {
    state,
    pending,
    ask: () => pending || startTransition(() => dispatch(null)),
    give: (signed) => startTransition(() => dispatch(signed)),
  };
}
