'use client';
import { useState } from 'react';
import { ConfirmDialog } from '@/app/_ui/confirm';
import { Dialog } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Checkbox, Input } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { Status } from '@/app/_ui/status';
import { SubmitButton } from '@/app/_ui/submit';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { kindOf } from '@/app/(auth)/_parts/passkey-kind';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { removePasskeyAction, renamePasskeyAction } from './actions';

export interface PasskeyRow {
  id: string;
  name: string;
  deviceBound: boolean;
  state: 'pending' | 'active';
  /** ISO. */
  createdAt: string;
  lastUsedAt: string | null;
  fingerprint: string;
}

export interface PasskeysTableProps {
  passkeys: readonly PasskeyRow[];
  /** Why the last one that works has to stay. */
  lastReason?: string;
  /** Sessions beside this one. */
  otherSessions: number;
}

export function PasskeysTable({ passkeys, lastReason, otherSessions }: PasskeysTableProps) {
  const [open, setOpen] = useState<{ act: 'rename' | 'remove'; passkey: PasskeyRow } | null>(null);
  const active = passkeys.filter(({ state }) => state === 'active').length;
  const reasonFor = ({ state }: PasskeyRow) => (state === 'active' && active === 1 ? lastReason : undefined);
  const close = () => setOpen(null);
  return (
    <>
      <Table
        label="Passkeys"
        density="row"
        edge
        rows={passkeys}
        rowKey={({ id }) => id}
        menu={(passkey) => [
          { label: 'Rename…', icon: 'pen', onSelect: () => setOpen({ act: 'rename', passkey }) },
          {
            label: 'Remove…',
            danger: true,
            reason: reasonFor(passkey),
            onSelect: () => setOpen({ act: 'remove', passkey }),
          },
        ]}
        columns={[
          {
            id: 'name',
            head: 'Name',
            grow: true,
            cell: ({ name, deviceBound }) => <NameCell name={name} under={kindOf(deviceBound)} />,
          },
          { id: 'kind', head: 'Kind', hide: true, cell: ({ deviceBound }) => kindOf(deviceBound) },
          {
            id: 'state',
            head: 'State',
            cell: ({ state }) =>
              state === 'active' ? (
                <Status state="enforced" word="In use" />
              ) : (
                <Status state="waiting" word="Waits for a colleague" />
              ),
          },
          { id: 'added', head: 'Added', hide: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
          { id: 'used', head: 'Last used', hide: true, cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
          {
            id: 'fingerprint',
            head: 'Fingerprint',
            hide: true,
            quiet: true,
            cell: ({ fingerprint }) => <Mono>{fingerprint}</Mono>,
          },
        ]}
      />
      {open?.act === 'rename' ? <Rename passkey={open.passkey} onClose={close} /> : null}
      {open?.act === 'remove' ? <Remove passkey={open.passkey} otherSessions={otherSessions} onClose={close} /> : null}
    </>
  );
}

interface ActProps {
  passkey: PasskeyRow;
  onClose: () => void;
}

function Rename({ passkey, onClose }: ActProps) {
  return (
    <Dialog open onOpenChange={onClose} title="Rename the passkey">
      <ActionForm action={renamePasskeyAction as FormAction} hidden={{ passkeyId: passkey.id }}>
        <Field name="name" label="Name" hint="How you will tell it from others.">
          <Input defaultValue={passkey.name} required maxLength={60} dir="auto" />
        </Field>
        <FormActs>
          <SubmitButton>Rename passkey</SubmitButton>
        </FormActs>
      </ActionForm>
    </Dialog>
  );
}

function Remove({ passkey, otherSessions, onClose }: ActProps & { otherSessions: number }) {
  const { wrap, dialog } = useStepUp({ act: 'Remove the passkey', name: passkey.name });
  return (
    <>
      <ConfirmDialog
        open
        onOpenChange={onClose}
        title={`Remove ${passkey.name}`}
        act="Remove passkey"
        action={wrap(removePasskeyAction as FormAction)}
        hidden={{ passkeyId: passkey.id }}
      >
        <Stack gap={4}>
          <p>
            It signs nobody in from now on, and sessions it began end. Delete it from the device or password manager as
            well: it would be offered there, and refused here.
          </p>
          {otherSessions > 0 ? (
            <Checkbox
              name="endOthers"
              label="Also end my other sessions"
              hint="If the device was lost or somebody else may have used it."
            />
          ) : null}
        </Stack>
      </ConfirmDialog>
      {dialog}
    </>
  );
}
