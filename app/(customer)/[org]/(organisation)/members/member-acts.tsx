'use client';
import { useState } from 'react';
import { type Offered, RESET_LEDE, ResetLinkForm } from '@/app/_parts/reset-link';
import { RadioCards } from '@/app/_ui/choice';
import { Dialog } from '@/app/_ui/dialog';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Stack } from '@/app/_ui/layout';
import { Menu } from '@/app/_ui/menu';
import { SubmitButton } from '@/app/_ui/submit';
import { Confirm } from '@/app/(customer)/_parts/stepped';
import {
  changeRoleAction,
  changeTermsAction,
  endAccessAction,
  endMemberSessionsAction,
  offerResetAction,
  removeMemberAction,
} from './actions';
import { AuditorTerms, type AuditorTermsProps, type TermsView } from './auditor-terms';
import type { RoleOption } from './invite';

export interface MemberActsProps {
  organisationId: string;
  membershipId: string;
  name: string;
  role: string;
  you: boolean;
  roles: readonly RoleOption[];
  projects: AuditorTermsProps['projects'];
  /** Of auditors. */
  terms?: TermsView;
  /** Working API keys the member made. */
  keys: readonly { name: string; project: string }[];
  changeReason?: string;
  removeReason?: string;
  endReason?: string;
  resetReason?: string;
}

const KEYS_SHOWN = 5;

/** What may be done to a member; a forbidden act stays in the menu with its reason. */
export function MemberActs({
  organisationId,
  membershipId,
  name,
  role,
  you,
  roles,
  projects,
  terms,
  keys,
  changeReason,
  removeReason,
  endReason,
  resetReason,
}: MemberActsProps) {
  const [open, setOpen] = useState<'role' | 'terms' | 'end' | 'reset' | 'sessions' | 'remove'>();
  const hidden = { organisationId, membershipId };
  const close = (wanted: boolean) => (wanted ? undefined : setOpen(undefined));
  return (
    <>
      <span data-row-menu="">
        <Menu
          trigger={{ label: `Acts on ${name}`, bare: true, icon: 'more' }}
          align="end"
          items={[
            { label: 'Change role…', icon: 'users', onSelect: () => setOpen('role'), reason: changeReason },
            ...(terms
              ? [
                  {
                    label: 'Audit access…',
                    icon: 'scroll' as const,
                    onSelect: () => setOpen('terms'),
                    reason: changeReason,
                  },
                  {
                    label: 'End audit access…',
                    icon: 'x' as const,
                    onSelect: () => setOpen('end'),
                    reason: changeReason,
                  },
                ]
              : []),
            { label: 'Reset link…', icon: 'key', onSelect: () => setOpen('reset'), reason: resetReason },
            { label: 'End all sessions…', icon: 'lock', onSelect: () => setOpen('sessions'), reason: endReason },
            {
              label: you ? 'Leave…' : 'Remove…',
              icon: 'x',
              danger: true,
              onSelect: () => setOpen('remove'),
              reason: removeReason,
            },
            'line',
            { label: 'Copy ID', icon: 'copy', copy: membershipId },
          ]}
        />
      </span>
      <Dialog
        open={open === 'role'}
        onOpenChange={close}
        title={`Role of ${name}`}
        lede="It holds from the next request on."
      >
        <ActionForm action={changeRoleAction} hidden={hidden}>
          <RadioCards name="role" legend="Role" defaultValue={role} options={roles} />
          <FormActs>
            <SubmitButton busy="Changing">Change role</SubmitButton>
          </FormActs>
        </ActionForm>
      </Dialog>
      <Dialog
        open={open === 'terms'}
        onOpenChange={close}
        title={`Audit access of ${name}`}
        lede="They are told. It holds from their next request on."
      >
        <ActionForm action={changeTermsAction} hidden={hidden}>
          <Stack gap={4}>
            <AuditorTerms projects={projects} terms={terms} />
            <FormActs>
              <SubmitButton busy="Changing">Change access</SubmitButton>
            </FormActs>
          </Stack>
        </ActionForm>
      </Dialog>
      <Confirm
        open={open === 'end'}
        onOpenChange={close}
        title={`End the audit access of ${name}`}
        act="End access"
        action={endAccessAction}
        hidden={hidden}
      >
        <p>Every open page of theirs closes at once. They stay in the list, and you can extend their access later.</p>
      </Confirm>
      <Dialog open={open === 'reset'} onOpenChange={close} title={`Reset link for ${name}`} lede={RESET_LEDE}>
        <ResetLinkForm action={offerResetAction as unknown as FormAction<Offered>} hidden={hidden} name={name} />
      </Dialog>
      <Confirm
        open={open === 'sessions'}
        onOpenChange={close}
        title={`End all sessions of ${name}`}
        act="End all sessions"
        action={endMemberSessionsAction}
        hidden={hidden}
      >
        <p>
          Every open page of theirs closes at once. They can sign in again, and are told that an administrator did this.
        </p>
      </Confirm>
      <Confirm
        open={open === 'remove'}
        onOpenChange={close}
        title={you ? 'Leave the organisation' : `Remove ${name}`}
        act={you ? 'Leave organisation' : 'Remove member'}
        action={removeMemberAction}
        hidden={hidden}
      >
        <Stack gap={4}>
          <p>
            {you
              ? 'You lose access at once, and come back only by an invitation.'
              : 'They lose access at once, and their open pages close. What they did stays in the audit log.'}{' '}
            Tokens {you ? 'you' : 'they'} minted in the console are revoked, and calls that rest on them are cut.
            Certificates go on as they are.
          </p>
          <Keys of={keys} you={you} />
        </Stack>
      </Confirm>
    </>
  );
}

/** API keys the member made: servers may be using them. */
function Keys({ of, you }: { of: MemberActsProps['keys']; you: boolean }) {
  if (of.length === 0) return <p>{you ? 'You' : 'They'} made no API key that still works.</p>;
  const count = of.length === 1 ? '1 API key' : `${of.length} API keys`;
  const names = of.slice(0, KEYS_SHOWN).map(({ name, project }) => `${name} (${project})`);
  const rest = of.length - names.length;
  const list = `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return (
    <RadioCards
      name="keys"
      legend={`${count} in ${you ? 'your' : 'their'} name`}
      defaultValue="end"
      options={[
        { value: 'end', label: `End ${count}`, hint: `${list}. Servers that use them are refused from then on.` },
        {
          value: 'keep',
          label: 'Keep them, under my name',
          hint: 'They go on working, and end with your own membership.',
          reason: you ? 'Whoever leaves takes no keys along.' : undefined,
        },
      ]}
    />
  );
}
