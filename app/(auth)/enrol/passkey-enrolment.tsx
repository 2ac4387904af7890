'use client';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import { Input } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import { isMade, type MadePasskey, makePasskey } from '../_parts/make-passkey';
import { beginPasskeyAction, confirmPasskeyAction } from './actions';

export interface PasskeyEnrolmentProps {
  device: string;
  onMade: (passkey: MadePasskey) => void;
}

/** The first passkey of an account, or the one that takes the place of lost factors. */
export function PasskeyEnrolment({ device, onMade }: PasskeyEnrolmentProps) {
  return (
    <ActionForm
      label="Passkey"
      onOk="stay"
      action={async (_previous, form) => {
        const answer = await makePasskey(form, beginPasskeyAction, confirmPasskeyAction);
        if (isMade(answer)) onMade(answer);
        return answer;
      }}
    >
      <Field name="name" label="Name of the passkey" hint="How you will tell it from others.">
        <Input defaultValue={device} required maxLength={60} dir="auto" />
      </Field>
      <SubmitButton size="lg" wide icon="passkey" busy="Follow your browser or device">
        Make a passkey
      </SubmitButton>
    </ActionForm>
  );
}
