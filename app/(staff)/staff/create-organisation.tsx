'use client';
import { useState } from 'react';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import type { FormAction } from '@/app/_ui/form-state';
import { Input } from '@/app/_ui/input';
import { suggestSlug } from '@/lib/organisations/schemas';
import { type Invited, linkOnce } from '../_parts/link-once';
import { OnceForm } from '../_parts/once-form';
import { createOrganisationAction } from './actions';

/** The address is suggested from the name until somebody writes their own. */
export function CreateOrganisation({ reason }: { reason?: string }) {
  return (
    <SidePanel
      trigger={{ label: 'Create organisation', variant: 'primary', icon: 'plus', reason }}
      title="Create organisation"
      lede="A tenant with walls of its own. Its first owner invites everybody else."
    >
      <CreateForm />
    </SidePanel>
  );
}

function CreateForm() {
  const [name, setName] = useState('');
  const [slug, setSlug] = useState<string | null>(null);
  return (
    <OnceForm<Invited>
      action={createOrganisationAction as unknown as FormAction<Invited>}
      submit="Create organisation"
      made={linkOnce(() => `${name.trim()} exists. Its owner comes in by this link.`)}
    >
      <Field name="name" label="Name">
        <Input required maxLength={120} value={name} onChange={(event) => setName(event.target.value)} dir="auto" />
      </Field>
      <Field name="slug" label="Address" hint="Part of every link of the organisation. It cannot be changed later.">
        <Input
          required
          mono
          maxLength={40}
          value={slug ?? suggestSlug(name)}
          onChange={(event) => setSlug(event.target.value)}
        />
      </Field>
      <Field
        name="ownerEmail"
        label="First owner’s email address"
        hint="The invitation makes an account for this address, or joins one that exists."
      >
        <Input type="email" required maxLength={254} />
      </Field>
    </OnceForm>
  );
}
