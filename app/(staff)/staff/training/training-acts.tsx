'use client';
import { SignedConfirm } from '@/app/_parts/access/signed';
import { RadioCards } from '@/app/_ui/choice';
import { CodeBlock } from '@/app/_ui/command';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input, Select, Textarea } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import { type AgreementView, COURSE_SAYS, COURSES } from '@/lib/training/schemas';
import { publishAgreementAction, recordPlaceAction, recordTrainingAction, signAgreementAction } from './actions';

interface Named {
  id: string;
  name: string;
}
interface Props {
  people: readonly Named[];
  reason?: string;
}

const Person = ({ people }: { people: readonly Named[] }) => (
  <Field name="person" label="Whose">
    <Select options={people.map(({ id, name }) => ({ value: id, label: name }))} />
  </Field>
);

export function RecordTraining({ people, reason }: Props) {
  return (
    <SidePanel
      trigger={{ label: 'Record a training', variant: 'primary', icon: 'plus', reason }}
      title="Record a training"
      lede="It counts for a year from the day it was completed. Nobody records their own."
    >
      <ActionForm action={recordTrainingAction as FormAction}>
        <Person people={people} />
        <RadioCards
          name="course"
          legend="Course"
          defaultValue="general"
          options={COURSES.map((value) => ({
            value,
            label: value === 'general' ? 'General' : 'Additional',
            hint: COURSE_SAYS[value],
          }))}
        />
        <Field name="completed" label="Completed on">
          <Input type="date" required />
        </Field>
        <Field name="evidence" label="Evidence" hint="Where the certificate is.">
          <Input maxLength={200} required />
        </Field>
        <FormActs>
          <SubmitButton>Record</SubmitButton>
        </FormActs>
      </ActionForm>
    </SidePanel>
  );
}

export function RecordPlace({ people, reason }: Props) {
  return (
    <SidePanel
      trigger={{ label: 'Record employer and country', reason }}
      title="Record employer and country"
      lede="Customers are told both when this person asks for access. They are never told who it is."
    >
      <ActionForm action={recordPlaceAction as FormAction}>
        <Person people={people} />
        <Field name="employer" label="Employer">
          <Input maxLength={120} required />
        </Field>
        <Field name="country" label="Country" hint="Two letters, as DE (ISO 3166-1).">
          <Input mono maxLength={2} required />
        </Field>
        <FormActs>
          <SubmitButton>Record</SubmitButton>
        </FormActs>
      </ActionForm>
    </SidePanel>
  );
}

export function PublishAgreement({ reason }: { reason?: string }) {
  return (
    <SidePanel
      trigger={{ label: 'Publish a version', reason }}
      title="Publish a version"
      lede="Signatures of the version before stop counting, and grants of those who have not signed anew end within seconds."
    >
      <ActionForm action={publishAgreementAction as FormAction}>
        <Field name="text" label="Text">
          <Textarea rows={10} maxLength={20000} required />
        </Field>
        <Field name="months" label="A signature holds for" hint="Months.">
          <Input type="number" min={1} max={24} defaultValue="12" required />
        </Field>
        <FormActs>
          <SubmitButton>Publish</SubmitButton>
        </FormActs>
      </ActionForm>
    </SidePanel>
  );
}

export function SignAgreement({
  agreement: { version, text, months },
  reason,
}: {
  agreement: AgreementView;
  reason?: string;
}) {
  return (
    <SignedConfirm
      words={{ act: 'Sign the agreement', name: `version ${version}` }}
      trigger={{ label: 'Read and sign…', variant: 'primary', reason }}
      title={`Confidentiality agreement, version ${version}`}
      act="Sign with my passkey"
      action={signAgreementAction as FormAction}
      hidden={{ version: String(version) }}
      danger={false}
    >
      <CodeBlock label="Agreement" copy={false}>
        {text}
      </CodeBlock>
      <p className="small">Your signature holds for {months} months, over the digest of exactly this text.</p>
    </SignedConfirm>
  );
}
