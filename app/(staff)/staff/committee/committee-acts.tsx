'use client';
import { SignedForm } from '@/app/_parts/access/signed';
import { RadioCards } from '@/app/_ui/choice';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Checkbox, Input, Select } from '@/app/_ui/input';
import { Row } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { DESIGNATION_SAYS, DESIGNATIONS, type Named } from '@/lib/committee/schemas';
import { proposeDesignationAction, proposeMembersAction, proposeWithdrawalAction, voteDecisionAction } from './actions';

interface ProposeProps {
  people: readonly Named[];
  reason?: string;
}

const Minutes = () => (
  <Field name="minutes" label="Minutes" hint="Where the minutes of the meeting are: a number, a link.">
    <Input maxLength={200} required />
  </Field>
);
const Until = () => (
  <Field name="until" label="Until the end of" hint="UTC. It lapses by itself then.">
    <Input type="date" required />
  </Field>
);

export function ProposeMembers({ people, reason, founding }: ProposeProps & { founding: boolean }) {
  return (
    <SidePanel
      trigger={{
        label: founding ? 'Found the committee' : 'New members',
        variant: founding ? 'primary' : 'default',
        reason,
      }}
      title={founding ? 'Found the committee' : 'Propose new members'}
      lede={
        founding
          ? 'Everybody who is named has to sign. There is no second founding.'
          : 'The members of now decide who the members are.'
      }
    >
      <ActionForm action={proposeMembersAction as FormAction}>
        <fieldset>
          <legend className="small">Members, 2 to 15</legend>
          {people.map(({ id, name }) => (
            <Checkbox key={id} name={`member.${id}`} label={name} />
          ))}
        </fieldset>
        <Until />
        <Minutes />
        <FormActs>
          <SubmitButton>Propose</SubmitButton>
        </FormActs>
      </ActionForm>
    </SidePanel>
  );
}

const DESIGNATION_OPTIONS = DESIGNATIONS.map((value) => ({
  value,
  label: value.charAt(0).toUpperCase() + value.slice(1),
  hint: DESIGNATION_SAYS[value],
}));

export function ProposeDesignation({ people, reason }: ProposeProps) {
  return (
    <SidePanel trigger={{ label: 'Designate', variant: 'primary', icon: 'plus', reason }} title="Propose a designation">
      <ActionForm action={proposeDesignationAction as FormAction}>
        <Field name="person" label="Whom">
          <Select options={people.map(({ id, name }) => ({ value: id, label: name }))} />
        </Field>
        <RadioCards name="as" legend="As" defaultValue="authorised employee" options={DESIGNATION_OPTIONS} />
        <Until />
        <Minutes />
        <FormActs>
          <SubmitButton>Propose</SubmitButton>
        </FormActs>
      </ActionForm>
    </SidePanel>
  );
}

export function ProposeWithdrawal({ person, as, reason }: { person: Named; as: string; reason?: string }) {
  return (
    <SidePanel
      trigger={{ label: 'Withdraw…', size: 'sm', variant: 'ghost', reason }}
      title={`Withdraw: ${as}`}
      lede={`${person.name} loses it, and what they have in hand by it, when a quorum has signed.`}
    >
      <ActionForm action={proposeWithdrawalAction as FormAction} hidden={{ person: person.id, as }}>
        <Minutes />
        <FormActs>
          <SubmitButton>Propose</SubmitButton>
        </FormActs>
      </ActionForm>
    </SidePanel>
  );
}

/** A member's word, signed. */
export function VoteDecision({ decision, name }: { decision: string; name: string }) {
  return (
    <SignedForm
      words={{ act: 'Vote', name }}
      action={voteDecisionAction as FormAction}
      hidden={{ decision }}
      onOk="stay"
      label={`Vote: ${name}`}
    >
      <Row gap={2}>
        <SubmitButton name="verdict" value="approve" size="sm" variant="default" icon="passkey">
          For
        </SubmitButton>
        <SubmitButton name="verdict" value="deny" size="sm" variant="danger">
          Against
        </SubmitButton>
      </Row>
    </SignedForm>
  );
}
