'use client';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser';
import type { FormState } from '@/app/_ui/form-state';
import { type EnrolledPasskey, passkeyName } from '@/lib/identity/schemas';
import { create, sayTrouble } from './passkey';

/** What the server wants a new passkey made with. */
export type NewPasskey =
  | {
      readonly ok: true;
      readonly options: PublicKeyCredentialCreationOptionsJSON;
      readonly statement: string;
      readonly mac: string;
      readonly passkeyId: string;
    }
  | (FormState & { readonly ok?: false });

/** A passkey the server has taken in. */
export interface MadePasskey extends FormState {
  readonly ok: true;
  readonly deviceBound: boolean;
  readonly fingerprint: string;
  /** A colleague has to endorse it first. */
  readonly waits: boolean;
  /** Shown once; empty when the account has some. */
  readonly codes: readonly string[];
}

/** Has the device make a passkey under the name in the form, and hands it in. The name is looked at first: a device asked in vain keeps what it made. */
export async function makePasskey(
  form: FormData,
  begin: () => Promise<NewPasskey>,
  confirm: (made: EnrolledPasskey) => Promise<MadePasskey | FormState>,
): Promise<MadePasskey | FormState> {
  const name = passkeyName.safeParse(form.get('name'));
  if (!name.success) return { fields: { name: name.error.issues[0]?.message ?? '' } };
  const begun = await begin();
  if (!begun.ok) return begun;
  const { options, statement, mac, passkeyId } = begun;
  let response: Awaited<ReturnType<typeof create>>;
  try {
    response = await create(options);
  } catch (error) {
    return sayTrouble(error, true);
  }
  return confirm({ passkeyId, statement, mac, response, name: name.data });
}

export const isMade = (answer: MadePasskey | FormState): answer is MadePasskey => 'deviceBound' in answer;
