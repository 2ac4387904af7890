'use client';
import { useState } from 'react';
import { newSignedId } from '@/app/_parts/access/new-id';
import { PlainConfirm, SignedForm } from '@/app/_parts/access/signed';
import { Dialog } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input, Select, Textarea } from '@/app/_ui/input';
import { Row } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { GRANT_LIMITS } from '@/lib/grants/schemas';
import { commentAction, extendAction, giveBackAction, reviewAction, revokeAction } from '../actions';

export function GiveBack({ request, pending }: { request: string; pending: boolean }) {
  return (
    <PlainConfirm
      trigger={{ label: pending ? 'Withdraw…' : 'Give back…' }}
      title={pending ? 'Withdraw the request' : 'Give the access back'}
      act={pending ? 'Withdraw' : 'Give back'}
      action={giveBackAction as FormAction}
      hidden={{ request }}
      danger={false}
    >
      <p>
        {pending
          ? 'It cannot be approved any more. Ask anew for something else.'
          : 'It ends now: live sessions are cut, and what runs on it is killed.'}
      </p>
    </PlainConfirm>
  );
}

export function Revoke({ request, name }: { request: string; name: string }) {
  return (
    <PlainConfirm
      trigger={{ label: 'Revoke…', variant: 'danger' }}
      title="Revoke the access"
      act={`Revoke access to ${name}`}
      action={revokeAction as FormAction}
      hidden={{ request }}
    >
      <p>It ends now, for good: live sessions are cut, and what runs on it is killed.</p>
    </PlainConfirm>
  );
}

/** A question first: the request itself stays as it was asked. */
export function AskFirst({
  request,
  customers,
}: {
  request: string;
  customers: readonly { id: string; name: string }[];
}) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      trigger={{ label: 'Ask or answer…' }}
      title="Ask or answer"
      lede="The request stays as it was asked. Everybody who has a part in it is told."
    >
      <ActionForm action={commentAction as FormAction} hidden={{ request }}>
        <Field name="to" label="With">
          <Select
            defaultValue=""
            options={[
              { value: '', label: 'The staff' },
              ...customers.map(({ id, name }) => ({ value: id, label: `${name}, and the staff` })),
            ]}
          />
        </Field>
        <Field name="text" label="Words">
          <Textarea rows={3} maxLength={1000} required />
        </Field>
        <FormActs>
          <SubmitButton>Send</SubmitButton>
        </FormActs>
      </ActionForm>
    </Dialog>
  );
}

/** The id is made when the form is opened, so that the time to decide counts from then. */
export function Extend({ of }: { of: string }) {
  const [request, setRequest] = useState('');
  return (
    <Dialog
      open={request !== ''}
      onOpenChange={(open) => setRequest(open ? newSignedId('grt') : '')}
      trigger={{ label: 'Ask for more time…' }}
      title="Ask for more time"
      lede="The same people agree anew. Unless they do, it ends at its time."
    >
      <SignedForm
        words={{ act: 'Ask for more time', name: 'Production access' }}
        action={extendAction as FormAction}
        hidden={{ request, extends: of }}
      >
        <Field
          name="minutes"
          label="Minutes more"
          hint={`At most ${GRANT_LIMITS.minutes.extension}, and ${GRANT_LIMITS.total} in all.`}
        >
          <Input type="number" min={1} max={GRANT_LIMITS.minutes.extension} defaultValue="30" required />
        </Field>
        <Field name="reason" label="Why">
          <Textarea rows={3} maxLength={500} required />
        </Field>
        <FormActs>
          <SubmitButton icon="passkey">Ask for more time</SubmitButton>
        </FormActs>
      </SignedForm>
    </Dialog>
  );
}

/** What another says of a break-glass afterwards. */
export function Review({ request, person }: { request: string; person: string }) {
  return (
    <SignedForm
      words={{ act: 'Review the break-glass', name: person }}
      action={reviewAction as FormAction}
      hidden={{ request }}
      onOk="stay"
      label="Review"
    >
      <p className="small">Look at the reason, the sessions and what came of them. Two others close the review.</p>
      <Row gap={2}>
        <SubmitButton name="verdict" value="approve" icon="passkey">
          In order
        </SubmitButton>
        <SubmitButton name="verdict" value="deny" variant="danger">
          Not in order
        </SubmitButton>
      </Row>
    </SignedForm>
  );
}
