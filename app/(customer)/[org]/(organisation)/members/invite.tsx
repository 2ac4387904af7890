'use client';
import { useState } from 'react';
import { RadioCards } from '@/app/_ui/choice';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormState } from '@/app/_ui/form-state';
import { formatExact } from '@/app/_ui/format';
import { Input } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { SecretOnce } from '@/app/_ui/secret-once';
import { SubmitButton } from '@/app/_ui/submit';
import { inviteMemberAction } from './actions';
import { AuditorTerms, type AuditorTermsProps } from './auditor-terms';

export interface RoleOption {
  value: string;
  label: string;
  hint: string;
  reason?: string;
}

export function InviteMember({
  organisationId,
  roles,
  projects,
  reason,
}: {
  organisationId: string;
  roles: readonly RoleOption[];
  /** For the terms of an auditor. */
  projects: AuditorTermsProps['projects'];
  reason?: string;
}) {
  const [made, setMade] = useState<{ link: string; email: string; expiresAt: string }>();
  const [role, setRole] = useState('developer');

  async function invite(previous: FormState, form: FormData): Promise<FormState> {
    const answer = await inviteMemberAction(previous, form);
    if ('made' in answer && answer.made) setMade(answer.made);
    return answer;
  }

  return (
    <SidePanel
      trigger={{ label: 'Invite member', icon: 'plus', variant: reason ? 'default' : 'primary', reason }}
      title={made ? 'Hand over this link' : 'Invite member'}
      lede={
        made
          ? `It lets ${made.email} in, once, until ${formatExact(made.expiresAt)}. Send it yourself, on a way you trust.`
          : 'They set their own password and second factor.'
      }
      onOpenChange={(open) => {
        setRole('developer');
        if (!open) setMade(undefined);
      }}
    >
      {made ? (
        <SecretOnce value={made.link} label="Invitation link" />
      ) : (
        <ActionForm action={invite} hidden={{ organisationId }} onOk="stay" label="Invite member">
          <Stack gap={4}>
            <Field name="email" label="Email">
              <Input type="email" inputMode="email" maxLength={254} />
            </Field>
            <RadioCards name="role" legend="Role" defaultValue="developer" options={roles} onChoose={setRole} />
            {role === 'auditor' ? <AuditorTerms projects={projects} /> : null}
            <FormActs>
              <SubmitButton busy="Inviting">Invite member</SubmitButton>
            </FormActs>
          </Stack>
        </ActionForm>
      )}
    </SidePanel>
  );
}
