'use client';
/** What is decided about a log: a period, a hold, a proposal to prune. */
import { useState } from 'react';
import { SidePanel } from '@/app/_ui/dialog';
import { Field, GroupError } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Checkbox, Input, Select } from '@/app/_ui/input';
import { Columns, Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { HOLD_KINDS, type HoldKind, RETAINED } from '@/lib/audit-retention/schemas';
import { CLASS_WORDS, holdOn } from './words';

export interface KeepingFormProps {
  action: FormAction;
  /** With the action of a customer: whose log. */
  hidden: Readonly<Record<string, string>>;
  /** Why the reader may not. */
  reason?: string;
}

const CLASSES = RETAINED.map((value) => ({ value, label: CLASS_WORDS[value].name }));

export function PeriodForm({ action, hidden, reason }: KeepingFormProps) {
  const { wrap, dialog } = useStepUp({ act: 'Keep records for a shorter time', name: 'Audit log' });
  return (
    <>
      <SidePanel
        trigger={{ label: 'Change a period', reason }}
        title="Change a period"
        lede="A shorter one is confirmed. It prunes nothing by itself: two people still agree to that."
      >
        <ActionForm action={wrap(action)} hidden={hidden} label="Change a period">
          <Stack gap={4}>
            <Field name="class" label="Records">
              <Select options={CLASSES} />
            </Field>
            <Field name="months" label="Months" hint="12 to 120">
              <Input inputMode="numeric" maxLength={3} />
            </Field>
            <FormActs>
              <SubmitButton busy="Changing">Change period</SubmitButton>
            </FormActs>
          </Stack>
        </ActionForm>
      </SidePanel>
      {dialog}
    </>
  );
}

const KINDS = HOLD_KINDS.map((value) => ({
  value,
  label: value === 'time' ? 'Time' : holdOn({ kind: value, target: null, from: null, to: null }),
}));

/** What an object of that kind is named by. */
const TARGETS: Partial<Record<HoldKind, { label: string; hint: string }>> = {
  project: { label: 'Project', hint: 'Its ID, prj_…' },
  person: { label: 'Person', hint: 'Their ID, usr_…; members and former members alike' },
  act: { label: 'Act', hint: 'Its ID, as every event of it names it' },
};

export function HoldForm({ action, hidden, reason }: KeepingFormProps) {
  const [kind, setKind] = useState<HoldKind>('log');
  const target = TARGETS[kind];
  return (
    <SidePanel
      trigger={{ label: 'Set a hold', reason }}
      title="Set a legal hold"
      lede="What it keeps is neither pruned nor erased, whatever its period, until two people release it."
    >
      <ActionForm action={action} hidden={hidden} label="Set a legal hold">
        <Stack gap={4}>
          <Field name="kind" label="On">
            <Select options={KINDS} value={kind} onChange={(event) => setKind(event.target.value as HoldKind)} />
          </Field>
          {target ? (
            <Field key={kind} name="target" {...target}>
              <Input mono maxLength={64} />
            </Field>
          ) : null}
          {kind === 'time' ? (
            <Columns n={2} gap={4}>
              <Field name="from" label="From day" hint="UTC">
                <Input type="date" />
              </Field>
              <Field name="to" label="To before day" hint="UTC">
                <Input type="date" />
              </Field>
            </Columns>
          ) : null}
          <Field name="reason" label="Reason" hint="Recorded, and read by whoever releases it.">
            <Input maxLength={500} />
          </Field>
          <FormActs>
            <SubmitButton busy="Setting">Set hold</SubmitButton>
          </FormActs>
        </Stack>
      </ActionForm>
    </SidePanel>
  );
}

export function PruneForm({ action, hidden, reason }: KeepingFormProps) {
  const { wrap, dialog } = useStepUp({ act: 'Propose to prune', name: 'Audit log' });
  return (
    <>
      <SidePanel
        trigger={{ label: 'Propose to prune', reason }}
        title="Propose to prune"
        lede="Of records past their period and free of holds. Another person has to approve it within seven days."
      >
        <ActionForm action={wrap(action)} hidden={hidden} label="Propose to prune">
          <Stack gap={4}>
            <fieldset>
              <legend className="small medium">Records</legend>
              <Stack gap={2}>
                {RETAINED.map((name) => (
                  <Checkbox key={name} name={name} label={CLASS_WORDS[name].name} hint={CLASS_WORDS[name].what} />
                ))}
                <GroupError name="classes" />
              </Stack>
            </fieldset>
            <Field name="before" label="Written before" hint="A day, UTC">
              <Input type="date" />
            </Field>
            <p className="small quiet">
              What a record said is gone for good. Its place, the hash over it and every checkpoint stay, so proofs of
              other records hold.
            </p>
            <FormActs>
              <SubmitButton busy="Proposing">Propose</SubmitButton>
            </FormActs>
          </Stack>
        </ActionForm>
      </SidePanel>
      {dialog}
    </>
  );
}
