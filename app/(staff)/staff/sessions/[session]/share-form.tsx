'use client';
/** Shows a copy to somebody from outside, and ends that. */
import { useState } from 'react';
import { PlainConfirm, SignedForm } from '@/app/_parts/access/signed';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { FormActs } from '@/app/_ui/form';
import type { FormAction, FormState } from '@/app/_ui/form-state';
import { Input } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { SecretOnce } from '@/app/_ui/secret-once';
import { SubmitButton } from '@/app/_ui/submit';
import { SHARE_LIMITS } from '@/lib/recordings/schemas';
import { revokeShareAction, shareAction } from '../actions';

export function ShareCopy({ copy, reason }: { copy: string; reason: string | undefined }) {
  const [link, setLink] = useState<string | null>(null);
  return (
    <SidePanel
      trigger={{ label: 'Share…', size: 'sm', reason }}
      // Shown once; and the next one is another link.
      onOpenChange={(open) => open || setLink(null)}
      title="Share this copy"
      lede="With somebody who has no account here: an auditor from outside."
    >
      {link ? (
        <Stack gap={4}>
          <SecretOnce value={link} label="Link to the shared record" />
          <p className="small quiet">
            Whoever has the link can open it. Hand it over by a way that you trust. Each opening counts, lasts at most
            four hours and stands in the audit log.
          </p>
        </Stack>
      ) : (
        <SignedForm
          words={{ act: 'Share a copy', name: 'Screen record' }}
          action={shareAction as FormAction}
          hidden={{ copy }}
          onOk="stay"
          onState={(state) => setLink((state as FormState & { link?: string }).link ?? null)}
        >
          <Field name="recipient" label="Shown to" hint="A person and whom they work for. Drawn over what they see.">
            <Input maxLength={120} autoComplete="off" required />
          </Field>
          <Field name="days" label="Days" hint={`At most ${SHARE_LIMITS.days}.`}>
            <Input type="number" min={1} max={SHARE_LIMITS.days} defaultValue="7" required />
          </Field>
          <Field name="views" label="Views" hint={`How often the link can be opened, at most ${SHARE_LIMITS.views}.`}>
            <Input type="number" min={1} max={SHARE_LIMITS.views} defaultValue="5" required />
          </Field>
          <FormActs>
            <SubmitButton icon="passkey">Make the link</SubmitButton>
          </FormActs>
        </SignedForm>
      )}
    </SidePanel>
  );
}

export function RevokeShare({
  share,
  recipient,
  reason,
}: {
  share: string;
  recipient: string;
  reason: string | undefined;
}) {
  return (
    <PlainConfirm
      trigger={{ label: 'Revoke…', size: 'sm', reason }}
      title="Revoke the share"
      act="Revoke it"
      action={revokeShareAction as FormAction}
      hidden={{ share }}
    >
      <p>The link of {recipient} does not work any more, also where it is open now. What was downloaded stays.</p>
    </PlainConfirm>
  );
}
