'use client';
import { useState } from 'react';
import { Dialog, type Trigger } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormState } from '@/app/_ui/form-state';
import { Textarea } from '@/app/_ui/input';
import { SecretOnce } from '@/app/_ui/secret-once';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { addCertificateAction, revealCertificateAction } from './actions';

/** Values live in these dialogs only, and go when they close. */
export function AddCertificate({ trigger, hidden }: { trigger: Trigger; hidden: Readonly<Record<string, string>> }) {
  const [made, setMade] = useState<{ value: string; slot: string; fingerprint: string }>();

  async function add(previous: FormState, form: FormData): Promise<FormState> {
    const answer = await addCertificateAction(previous, form);
    if ('made' in answer && answer.made) setMade(answer.made);
    return answer;
  }

  return (
    <Dialog
      trigger={trigger}
      title={made ? 'Keep the certificate now' : 'Add a certificate'}
      lede={
        made
          ? 'Let your servers sign with it; tokens of both are admitted meanwhile.'
          : 'It takes the free place. Edges accept tokens of both.'
      }
      onOpenChange={(open) => (open ? undefined : setMade(undefined))}
    >
      {made ? (
        <SecretOnce
          value={made.value}
          label={`${made.slot === 'primary' ? 'Primary' : 'Secondary'} certificate`}
          fingerprint={made.fingerprint}
        />
      ) : (
        <ActionForm action={add} hidden={hidden} onOk="stay">
          <FormActs>
            <SubmitButton busy="Adding">Add certificate</SubmitButton>
          </FormActs>
        </ActionForm>
      )}
    </Dialog>
  );
}

export interface RevealProps {
  trigger: Trigger;
  hidden: Readonly<Record<string, string>>;
  name: string;
  fingerprint: string;
}

export function RevealCertificate({ trigger, hidden, name, fingerprint }: RevealProps) {
  const { wrap, dialog } = useStepUp({ act: 'Reveal the certificate', name });
  const [value, setValue] = useState<string>();

  const reveal = wrap(async (previous, form) => {
    const answer = await revealCertificateAction(previous, form);
    if ('made' in answer && answer.made) setValue(answer.made.value);
    return answer;
  });

  return (
    <>
      <Dialog
        trigger={trigger}
        title={`Reveal ${name}`}
        lede="Whoever has the value can sign tokens. Your members see in the audit log that you looked, and why."
        onOpenChange={(open) => (open ? undefined : setValue(undefined))}
      >
        {value === undefined ? (
          <ActionForm action={reveal} hidden={hidden} onOk="stay">
            <Field name="reason" label="Reason" hint="Kept in the audit log.">
              <Textarea rows={2} maxLength={500} />
            </Field>
            <FormActs>
              <SubmitButton variant="danger-solid" busy="Revealing">
                Reveal certificate
              </SubmitButton>
            </FormActs>
          </ActionForm>
        ) : (
          <SecretOnce value={value} label={name} fingerprint={fingerprint} />
        )}
      </Dialog>
      {dialog}
    </>
  );
}
