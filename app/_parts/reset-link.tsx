'use client';
/** Hands over a link that stands in for somebody's forgotten password: made on asking, shown once. */
import { useState } from 'react';
import { SidePanel } from '@/app/_ui/dialog';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction, FormState } from '@/app/_ui/form-state';
import { formatExact } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { SecretOnce } from '@/app/_ui/secret-once';
import { SubmitButton } from '@/app/_ui/submit';

export interface ResetLinkProps {
  /** Takes the hidden fields; answers with `link` and `expiresAt` (ISO). */
  action: FormAction<Offered>;
  hidden: Readonly<Record<string, string>>;
  name: string;
}

export interface Offered extends FormState {
  link?: string;
  expiresAt?: string;
}

export const RESET_LEDE = 'For a forgotten password. The link is worth what the password was, and not more.';

/** With its own button and panel. `reason`: why this person's password cannot be reset from here. */
export function ResetLink({ reason, ...form }: ResetLinkProps & { reason?: string }) {
  return (
    <SidePanel trigger={{ label: 'Reset link…', reason }} title={`Reset link for ${form.name}`} lede={RESET_LEDE}>
      <ResetLinkForm {...form} />
    </SidePanel>
  );
}

/** For a dialog that another menu opens. */
export function ResetLinkForm({ action, hidden, name }: ResetLinkProps) {
  const [offered, setOffered] = useState<Offered>({});
  const { link, expiresAt } = offered;
  return link && expiresAt ? (
    <Stack gap={4}>
      <SecretOnce value={link} label={`Reset link for ${name}`} />
      <p className="small quiet">
        Hand it over by a way both sides trust. It works once, until {formatExact(expiresAt)}, and asks for their second
        factor before anything changes.
      </p>
    </Stack>
  ) : (
    <ActionForm
      action={action as unknown as FormAction}
      hidden={hidden}
      onOk="stay"
      onState={(state) => state.ok && setOffered(state as Offered)}
    >
      <p>
        {name} opens the link, gives their second factor, and chooses a new password; their other sessions end. You
        learn neither, and they are told that you made the link.
      </p>
      <FormActs>
        <SubmitButton>Make the link</SubmitButton>
      </FormActs>
    </ActionForm>
  );
}
