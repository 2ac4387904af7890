'use client';
import { Button } from '@/app/_ui/button';
import { ConfirmDialog } from '@/app/_ui/confirm';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { OnceForm } from '../../_parts/once-form';
import { banEdgeAction, drainEdgeAction, renewJoinAction } from './actions';
import { JoinTicketOnce, type Ticketed } from './join-ticket';

export interface EdgeActsProps {
  name: string;
  draining: boolean;
  sessions: number;
  /** Why nothing can be done: the role, or the ban. */
  reason?: string;
}

/** What can be done to one edge, mildest first. */
export function EdgeActs({ name, draining, sessions, reason }: EdgeActsProps) {
  const ban = useStepUp({ act: 'Ban the edge', name });
  const join = useStepUp({ act: 'New join token', name });
  if (reason) {
    return (
      <Stack gap={3}>
        <Button reason={reason}>{draining ? 'Stop draining' : 'Drain'}</Button>
        <Button reason={reason}>New join token</Button>
        <Button variant="danger" reason={reason}>
          Ban…
        </Button>
      </Stack>
    );
  }
  return (
    <Stack gap={5}>
      <ActionForm
        action={drainEdgeAction as FormAction}
        hidden={{ name, draining: draining ? 'no' : 'yes' }}
        onOk="stay"
      >
        <p className="quiet">
          {draining
            ? 'Draining: joins are homed on other edges, and its own sessions go on.'
            : 'A draining edge is home to no new channel: joins go to other edges of the region. Its own sessions go on until they end.'}
        </p>
        <FormActs>
          <SubmitButton variant="default">{draining ? 'Stop draining' : 'Drain'}</SubmitButton>
        </FormActs>
      </ActionForm>
      <OnceForm<Ticketed>
        action={join.wrap(renewJoinAction as unknown as FormAction) as FormAction<Ticketed>}
        hidden={{ name }}
        submit="New join token"
        variant="default"
        made={({ ticket }) => (ticket ? <JoinTicketOnce ticket={ticket} /> : null)}
      >
        <p className="quiet">
          For a machine that lost its key, or never joined in time. The edge as it is keeps running.
        </p>
      </OnceForm>
      <div>
        {' '}
        <ConfirmDialog
          trigger={{ label: 'Ban…', variant: 'danger' }}
          title={`Ban ${name}`}
          act={sessions === 0 ? `Ban ${name}` : `Ban ${name} with ${sessions} sessions`}
          name={name}
          action={ban.wrap(banEdgeAction as FormAction)}
          hidden={{ name }}
        >
          <p>
            Control closes its connection and renews its certificate no more; other edges send it no media. Cordon
            cannot reach into the machine: while it runs it goes on by its last policy, until the staleness limit of
            each project. Switch it off as well. A ban is final for this name.
          </p>
          <Field name="reason" label="Reason" aside="optional" hint="Kept in the provider log.">
            <Input maxLength={500} />
          </Field>
        </ConfirmDialog>
      </div>
      {ban.dialog}
      {join.dialog}
    </Stack>
  );
}
