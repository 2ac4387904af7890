'use client';
/** What each project says to access of the provider, with what that costs. */
import { SignedForm } from '@/app/_parts/access/signed';
import { RadioCards } from '@/app/_ui/choice';
import { SidePanel } from '@/app/_ui/dialog';
import { Empty } from '@/app/_ui/empty';
import { Field } from '@/app/_ui/field';
import { FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { NameCell, Table } from '@/app/_ui/table';
import type { LockboxMode, LockboxView } from '@/lib/grants/schemas';
import { changeLockboxAction } from './actions';

const MODES: Readonly<Record<LockboxMode, { label: string; hint: string }>> = {
  notify: {
    label: 'Tell us',
    hint: 'The provider’s own approvals are enough, and you are told at once. Help is fastest.',
  },
  approve: {
    label: 'Ask us',
    hint: 'Nobody gets in before an owner or administrator of yours has signed. Until then the provider cannot help with what it takes, and its service levels for that do not count.',
  },
  deny: {
    label: 'Refuse',
    hint: 'Nobody gets in, except by break-glass in an emergency, of which you are told at once. Support that takes access is not possible.',
  },
};

export interface LockboxProps {
  of: readonly LockboxView[];
  organisationId: string;
  reason?: string;
}

export function Lockbox({ of, organisationId, reason }: LockboxProps) {
  return (
    <Table
      label="What your projects say"
      density="row"
      edge
      rows={of}
      rowKey={({ project }) => project.id}
      columns={[
        {
          id: 'project',
          head: 'Project',
          grow: true,
          cell: ({ project, mode }) => <NameCell name={project.name} under={MODES[mode].label} />,
        },
        { id: 'mode', head: 'Says', hide: true, cell: ({ mode }) => MODES[mode].label },
        {
          id: 'minutes',
          head: 'Unanswered',
          hide: true,
          cell: ({ mode, answerMinutes }) => (mode === 'approve' ? `over after ${answerMinutes} min` : '–'),
        },
        {
          id: 'act',
          head: <span className="sr">Change</span>,
          align: 'num',
          tight: true,
          cell: (one) => <Change of={one} organisationId={organisationId} reason={reason} />,
        },
      ]}
      empty={
        <Empty title="No project yet" compact>
          Each project says for itself whether you are told or asked.
        </Empty>
      }
    />
  );
}

function Change({
  of: { project, mode, answerMinutes },
  organisationId,
  reason,
}: { of: LockboxView } & Omit<LockboxProps, 'of'>) {
  return (
    <SidePanel
      trigger={{ label: 'Change…', size: 'sm', reason }}
      title={`Provider access: ${project.name}`}
      lede="A machine that holds the data of several projects goes by the strictest of them. A machine shared with other customers opens only when each of them is satisfied."
    >
      <SignedForm
        words={{ act: 'Change the lockbox', name: project.name }}
        action={changeLockboxAction as FormAction}
        hidden={{ project: project.id, organisationId }}
        label="Lockbox"
      >
        <Stack gap={4}>
          <RadioCards
            name="mode"
            legend="When the provider asks for access"
            defaultValue={mode}
            options={Object.entries(MODES).map(([value, words]) => ({ value, ...words }))}
          />
          <Field
            name="answerMinutes"
            label="How long a request may wait for you"
            hint="Minutes, 60 to 1,440. When nobody answers in that time, the request is over and nobody gets in; the provider may ask again, or break the glass in an emergency."
          >
            <Input type="number" min={60} max={1440} defaultValue={String(answerMinutes)} required />
          </Field>
          <FormActs>
            <SubmitButton>Change</SubmitButton>
          </FormActs>
        </Stack>
      </SignedForm>
    </SidePanel>
  );
}
