'use client';
/** Having somebody answer for one, and ending it. */
import { useState } from 'react';
import { newSignedId } from '@/app/_parts/access/new-id';
import { PlainConfirm, SignedForm } from '@/app/_parts/access/signed';
import { roleWord } from '@/app/_parts/access/words';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input, Select } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import type { DelegationView, LendView } from '@/lib/committee/schemas';
import { delegateAction, endDelegationAction } from './actions';

/** The id is made when the form is opened, so that what is signed is what is sent. */
export function NameStandIn({ lend, reason }: { lend: LendView; reason?: string }) {
  const [made, setMade] = useState<{ id: string; at: number } | null>(null);
  return (
    <SidePanel
      open={made !== null}
      onOpenChange={(open) => setMade(open ? { id: newSignedId('dlg'), at: Date.now() } : null)}
      trigger={{ label: 'Name a stand-in', icon: 'plus', reason: reason ?? lend.reason ?? undefined }}
      title="Name a stand-in"
      lede="They answer requests for you while you are away. On each request it is your vote or theirs, never both."
    >
      <SignedForm
        words={{ act: 'Name a stand-in', name: 'Requests for access to production' }}
        action={delegateAction as FormAction}
        hidden={{ delegation: made?.id ?? '' }}
      >
        <Field name="role" label="For">
          <Select options={lend.roles.map((role) => ({ value: role, label: roleWord(role) }))} />
        </Field>
        <Field name="to" label="Who" hint="Whom the committee has designated for something.">
          <Select options={lend.to.map(({ id, name }) => ({ value: id, label: name }))} />
        </Field>
        <Field name="from" label="From" aside="UTC" hint="Within 30 days.">
          <Input type="datetime-local" defaultValue={minute(made?.at ?? 0)} required />
        </Field>
        <Field name="until" label="Until" aside="UTC" hint="At most 14 days later. Ending it early takes no signature.">
          <Input type="datetime-local" defaultValue={minute((made?.at ?? 0) + WEEK)} required />
        </Field>
        <p className="small quiet">
          They lend it to nobody else, answer neither your own requests nor theirs, and review no break-glass for you.
          Votes in the committee stay yours.
        </p>
        <FormActs>
          <SubmitButton icon="passkey">Sign</SubmitButton>
        </FormActs>
      </SignedForm>
    </SidePanel>
  );
}

const WEEK = 7 * 86_400_000;
/** As the input writes it; milliseconds to a minute of UTC. */
const minute = (at: number): string => new Date(at).toISOString().slice(0, 16);

export function EndStandIn({ of }: { of: DelegationView }) {
  return (
    <PlainConfirm
      trigger={{ label: 'End…', size: 'sm', variant: 'ghost' }}
      title={`${of.to.name} for ${of.by.name}`}
      act="End it"
      action={endDelegationAction as FormAction}
      hidden={{ delegation: of.id }}
    >
      <p>It ends now. Approvals by it on requests that still wait are void; what was granted stays.</p>
    </PlainConfirm>
  );
}
