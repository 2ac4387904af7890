'use client';
/** What can be done to one stream. */
import { useState } from 'react';
import { Dialog, SidePanel } from '@/app/_ui/dialog';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Row, Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { Confirm } from '@/app/(customer)/_parts/stepped';
import type { StreamView } from '@/lib/audit-stream/schemas';
import { StreamFields } from './stream-form';
import { StreamSecret } from './stream-secret';

export interface StreamActions {
  create: FormAction;
  change: FormAction;
  rotate: FormAction;
  test: FormAction;
  pause: FormAction;
  resume: FormAction;
  remove: FormAction;
  sendAgain: FormAction;
}

export interface StreamActsProps {
  stream: StreamView;
  actions: StreamActions;
  hidden: Readonly<Record<string, string>>;
  /** Why the role may do none of it. */
  reason?: string;
}

export function StreamActs({ stream, actions, hidden: own, reason }: StreamActsProps) {
  const hidden = { ...own, streamId: stream.id };
  const paused = stream.state === 'paused';
  return (
    <Row gap={2} wrap>
      <TestStream action={actions.test} hidden={hidden} reason={reason} />
      <ChangeStream action={actions.change} hidden={hidden} stream={stream} reason={reason} />
      {stream.kind === 'http' ? <RotateSecret action={actions.rotate} hidden={hidden} reason={reason} /> : null}
      <Confirm
        trigger={{ label: paused ? 'Resume…' : 'Pause…', size: 'sm', reason }}
        title={paused ? `Resume the stream to ${stream.host}` : `Pause the stream to ${stream.host}`}
        act={paused ? 'Resume' : 'Pause'}
        action={paused ? actions.resume : actions.pause}
        hidden={hidden}
        danger={false}
      >
        {paused
          ? 'It goes on from where it stands. What happened meanwhile is sent first.'
          : 'Nothing is sent until somebody resumes it. Nothing is lost: the log keeps what happens.'}
      </Confirm>
      <Confirm
        trigger={{ label: 'Delete…', size: 'sm', variant: 'danger', reason }}
        title={`Delete the stream to ${stream.host}`}
        act="Delete stream"
        action={actions.remove}
        hidden={hidden}
      >
        Its secret and its dead letters go with it. What was sent stays where it is, and the log keeps everything.
      </Confirm>
    </Row>
  );
}

interface ActProps {
  action: FormAction;
  hidden: Readonly<Record<string, string>>;
  reason?: string;
}

/** The answer stays in the dialog until it is closed. */
function TestStream({ action, hidden, reason }: ActProps) {
  const [said, setSaid] = useState<string>();
  return (
    <Dialog
      trigger={{ label: 'Send a test…', size: 'sm', reason }}
      title="Send a test"
      lede="One message without any event. It is recorded in this log."
      onOpenChange={() => setSaid(undefined)}
    >
      <ActionForm
        action={action}
        hidden={hidden}
        onOk="stay"
        onState={({ ok, message }) => setSaid(ok ? message : undefined)}
        label="Send a test"
      >
        <p aria-live="polite">{said ?? 'What the receiver answers is shown here.'}</p>
        <FormActs>
          <SubmitButton busy="Sending">Send a test</SubmitButton>
        </FormActs>
      </ActionForm>
    </Dialog>
  );
}

function ChangeStream({ action, hidden, stream, reason }: ActProps & { stream: StreamView }) {
  const { wrap, dialog } = useStepUp({ act: 'Change a stream', name: stream.host });
  return (
    <>
      <SidePanel
        trigger={{ label: 'Change…', size: 'sm', reason }}
        title="Change where and what it sends"
        lede="What was sent already stays where it is."
      >
        <ActionForm action={wrap(action)} hidden={hidden} label="Change the stream">
          <Stack gap={4}>
            <StreamFields kind={stream.kind} address={stream.address ?? ''} ca={stream.ca} personal={stream.personal} />
            <FormActs>
              <SubmitButton busy="Changing">Change stream</SubmitButton>
            </FormActs>
          </Stack>
        </ActionForm>
      </SidePanel>
      {dialog}
    </>
  );
}

function RotateSecret({ action, hidden, reason }: ActProps) {
  const [secret, setSecret] = useState<string>();
  return (
    <Dialog
      trigger={{ label: 'New secret…', size: 'sm', reason }}
      title={secret ? 'Keep the signing secret now' : 'Make a new signing secret'}
      lede="For 24 hours every request is signed with the new secret and with the one before. One more in that time ends the oldest at once."
      onOpenChange={(open) => (open ? undefined : setSecret(undefined))}
      wide
    >
      {secret ? (
        <StreamSecret value={secret} />
      ) : (
        <ActionForm
          action={action}
          hidden={hidden}
          onOk="stay"
          onState={(state) => 'secret' in state && setSecret(String(state.secret))}
          label="Make a new signing secret"
        >
          <FormActs>
            <SubmitButton busy="Making">Make a new secret</SubmitButton>
          </FormActs>
        </ActionForm>
      )}
    </Dialog>
  );
}
