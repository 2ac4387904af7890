'use client';
import { Field } from '@/app/_ui/field';
import type { FormAction } from '@/app/_ui/form-state';
import { Input } from '@/app/_ui/input';
import { type Invited, linkOnce } from '../_parts/link-once';
import { OnceForm } from '../_parts/once-form';
import { inviteOwnerAction } from './actions';

/** For an organisation whose owner never came, or left. */
export function InviteOwner({ organisationId, name }: { organisationId: string; name: string }) {
  return (
    <OnceForm<Invited>
      action={inviteOwnerAction as unknown as FormAction<Invited>}
      hidden={{ organisationId }}
      submit="Invite owner"
      made={linkOnce((email) => `${email} may become an owner of ${name}.`)}
    >
      <Field
        name="email"
        label="Owner’s email address"
        hint="The organisation sees this invitation in its own audit log."
      >
        <Input type="email" required maxLength={254} />
      </Field>
    </OnceForm>
  );
}
