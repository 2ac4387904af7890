'use client';
import { useState } from 'react';
import { PlainConfirm } from '@/app/_parts/access/signed';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input, Select, Textarea } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import type { LockKind } from '@/lib/grants/schemas';
import { liftLockAction, setLockAction } from './actions';
import { KIND_WORDS } from './words';

const HINTS: Readonly<Record<LockKind, string>> = {
  user: 'The id of an employee: usr_…',
  target: 'host:… or app:…',
  project: 'An App ID.',
  device: 'The id of a passkey: psk_…',
  everything: '',
};

export function SetLock({ reason }: { reason?: string }) {
  const [kind, setKind] = useState<LockKind>('user');
  return (
    <SidePanel
      trigger={{ label: 'Lock', variant: 'danger', icon: 'lock', reason }}
      title="Lock access"
      lede="Nothing new begins, and what runs is ended within seconds. It needs no second person: it only takes away."
    >
      <ActionForm action={setLockAction as FormAction}>
        <Field name="kind" label="What">
          <Select
            value={kind}
            onChange={(event) => setKind(event.target.value as LockKind)}
            options={Object.entries(KIND_WORDS).map(([value, label]) => ({ value, label }))}
          />
        </Field>
        {kind === 'everything' ? null : (
          <Field name="subject" label="Which" hint={HINTS[kind]}>
            <Input mono maxLength={128} required />
          </Field>
        )}
        <Field name="reason" label="Why">
          <Textarea rows={3} maxLength={500} required />
        </Field>
        <FormActs>
          <SubmitButton variant="danger-solid">Lock now</SubmitButton>
        </FormActs>
      </ActionForm>
    </SidePanel>
  );
}

export function LiftLock({ lock, reason }: { lock: string; reason?: string }) {
  return (
    <PlainConfirm
      trigger={{ label: 'Lift…', size: 'sm', reason }}
      title="Lift the lock"
      act="Lift the lock"
      action={liftLockAction as FormAction}
      hidden={{ lock }}
      danger={false}
    >
      <p>Access can be asked for again. What the lock ended stays ended.</p>
    </PlainConfirm>
  );
}
