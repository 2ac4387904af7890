'use client';
import { PlainConfirm } from '@/app/_parts/access/signed';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input, Select } from '@/app/_ui/input';
import { Columns } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { SHIFT_DAYS, type ShiftView } from '@/lib/grants/on-call/schemas';
import type { Named } from '@/lib/grants/schemas';
import { handOverShiftAction, removeShiftAction, setShiftAction } from './actions';
import { shiftWords } from './words';

const optionsOf = (people: readonly Named[]) => people.map(({ id, name }) => ({ value: id, label: name }));

export function SetShift({ approvers, reason }: { approvers: readonly Named[]; reason?: string }) {
  return (
    <SidePanel
      trigger={{ label: 'Put somebody on call', variant: 'primary', icon: 'plus', reason }}
      title="Put somebody on call"
      lede="They are told first of requests that need an on-call approver, and now that they are on call. Two may be at once."
    >
      <ActionForm action={setShiftAction as FormAction}>
        <Field name="person" label="Who" hint="On-call approvers, as the committee designated them.">
          <Select options={optionsOf(approvers)} />
        </Field>
        <Columns n={2} gap={4}>
          <Field name="from" label="From" aside="UTC" hint="It counts from now at the earliest.">
            <Input type="datetime-local" required />
          </Field>
          <Field name="until" label="Until" aside="UTC" hint={`At most ${SHIFT_DAYS} days.`}>
            <Input type="datetime-local" required />
          </Field>
        </Columns>
        <FormActs>
          <SubmitButton>Put on call</SubmitButton>
        </FormActs>
      </ActionForm>
    </SidePanel>
  );
}

interface OfShift {
  of: ShiftView;
  reason?: string;
}

export function HandOver({ of, approvers, reason }: OfShift & { approvers: readonly Named[] }) {
  const others = approvers.filter(({ id }) => id !== of.person.id);
  return (
    <SidePanel
      trigger={{
        label: 'Hand over…',
        size: 'sm',
        reason: reason ?? (others.length === 0 ? 'There is no other on-call approver.' : undefined),
      }}
      title={`Hand over the shift of ${of.person.name}`}
      lede={`${shiftWords(of)} UTC${of.state === 'now' ? ', from this minute on' : ''}. Whoever takes it is told.`}
    >
      <ActionForm action={handOverShiftAction as FormAction} hidden={{ shift: of.id }}>
        <Field name="to" label="To">
          <Select options={optionsOf(others)} />
        </Field>
        <FormActs>
          <SubmitButton>Hand over</SubmitButton>
        </FormActs>
      </ActionForm>
    </SidePanel>
  );
}

/** `left`: whom requests go to where nobody is on call. */
export function RemoveShift({ of, left }: OfShift & { left: string }) {
  return (
    <PlainConfirm
      trigger={{ label: 'Remove…', size: 'sm', variant: 'ghost' }}
      title="Remove the shift"
      act="Remove the shift"
      action={removeShiftAction as FormAction}
      hidden={{ shift: of.id }}
    >
      <p>
        {of.person.name}, {shiftWords(of)} UTC. Where nobody else is on call, requests go to {left}.
      </p>
    </PlainConfirm>
  );
}
