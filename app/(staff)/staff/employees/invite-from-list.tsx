'use client';
import { Copy } from '@/app/_ui/copy';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import type { FormAction, FormState } from '@/app/_ui/form-state';
import { formatExact } from '@/app/_ui/format';
import { Textarea } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { OnceForm } from '../../_parts/once-form';
import { inviteFromListAction } from './actions';

export interface InvitedMany extends FormState {
  invited?: readonly { readonly email: string; readonly link: string }[];
  /** ISO. */
  expiresAt?: string;
}

/** Invites everybody on a pasted list, or nobody. */
export function InviteFromList({ reason }: { reason?: string }) {
  return (
    <SidePanel
      trigger={{ label: 'Invite from a list', reason }}
      title="Invite from a list"
      lede="All lines or none: a line with a mistake is named, and nobody is invited until it is right."
    >
      <OnceForm<InvitedMany>
        action={inviteFromListAction as unknown as FormAction<InvitedMany>}
        submit="Invite everybody on the list"
        made={(state) => (state.invited && state.expiresAt ? <Links {...state} of={state.invited} /> : null)}
      >
        <Field
          name="list"
          label="List"
          hint="CSV with a heading: email,role. Up to 100 people; other columns are ignored."
        >
          <Textarea
            mono
            rows={12}
            required
            placeholder={'email,role\nfirst@provider.example,support\nsecond@provider.example,auditor'}
          />
        </Field>
      </OnceForm>
    </SidePanel>
  );
}

function Links({ of, expiresAt }: { of: NonNullable<InvitedMany['invited']>; expiresAt?: string }) {
  const csv = ['email,link', ...of.map(({ email, link }) => `${email},${link}`)].join('\n');
  return (
    <Stack gap={4}>
      <Note tone="success" title={of.length === 1 ? '1 person is invited.' : `${of.length} people are invited.`} live />
      <Copy value={csv} label="Copy all links as CSV" worded />
      <p className="small quiet">
        Shown once, now. Hand each link to its person by a way both sides trust; whoever holds it can accept it, once,
        until {expiresAt ? formatExact(expiresAt) : 'it expires'}.
      </p>
      <ul className="small">
        {of.map(({ email, link }) => (
          <li key={email}>
            {email} <Copy value={link} label={`Copy the link for ${email}`} />
          </li>
        ))}
      </ul>
    </Stack>
  );
}
