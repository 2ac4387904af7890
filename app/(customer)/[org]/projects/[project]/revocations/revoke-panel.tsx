'use client';
/** The form of a revocation: what, issued before when, why; with the live sessions it covers before it is applied. */
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/app/_ui/button';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import { formatNumber } from '@/app/_ui/format';
import { Input, Select, Textarea } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { type LiveRow, matching, SUBJECT_TYPES, type SubjectType, TYPE_WORDS } from './_parts/subject';
import { revokeAction } from './actions';

export interface RevokePanelProps {
  organisationId: string;
  projectId: string;
  name: string;
  /** Path of the list, without a subject. */
  path: string;
  live: readonly LiveRow[];
  /** There are more live sessions than `live` holds. */
  more: boolean;
  certificates: readonly { id: string; label: string }[];
  /** A subject named by the address: the panel opens with it. */
  asked: { type: SubjectType; subject: string } | null;
  reason?: string;
}

const LABELS: Readonly<Record<Exclude<SubjectType, 'project' | 'certificate'>, { label: string; hint: string }>> = {
  user: { label: 'User', hint: 'uid or account, exactly as the client joined with it.' },
  token: {
    label: 'Token ID',
    hint: '64 hex characters, from the inspector or the decision log. The ID is not the token.',
  },
  channel: { label: 'Channel', hint: 'Everybody in it, and every token made for it.' },
};

export function RevokePanel({ asked, path, reason, ...rest }: RevokePanelProps) {
  const router = useRouter();
  const [open, setOpen] = useState(asked !== null && reason === undefined);
  if (reason) {
    return (
      <Button variant="primary" icon="lock" reason={reason}>
        Revoke…
      </Button>
    );
  }
  return (
    <SidePanel
      trigger={{ label: 'Revoke…', variant: 'primary', icon: 'lock' }}
      title="Revoke"
      lede="Refuses what was issued up to a time, on every edge, and cuts the live sessions it covers."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (!next && asked) router.replace(path, { scroll: false });
      }}
    >
      <RevokeForm {...rest} asked={asked} />
    </SidePanel>
  );
}

function RevokeForm({
  organisationId,
  projectId,
  name,
  live,
  more,
  certificates,
  asked,
}: Omit<RevokePanelProps, 'path' | 'reason'>) {
  const [type, setType] = useState<SubjectType>(asked?.type ?? 'user');
  const [subject, setSubject] = useState(asked?.subject ?? '');
  const value = type === 'certificate' ? subject || (certificates[0]?.id ?? '') : subject.trim();
  const covered = matching(type, value, live);
  const { wrap, dialog } = useStepUp({ act: 'Revoke', name });
  return (
    <>
      <ActionForm action={wrap(revokeAction)} hidden={{ organisationId, projectId }} label="Revoke">
        <Stack gap={4}>
          <Field name="type" label="What">
            <Select
              value={type}
              options={SUBJECT_TYPES.map((each) => ({ value: each, label: TYPE_WORDS[each] }))}
              onChange={(event) => {
                setType(event.target.value as SubjectType);
                setSubject('');
              }}
            />
          </Field>
          {type === 'certificate' ? (
            <Field
              name="subject"
              label="Certificate"
              hint="Every token it signed. To lock out for good, disable the certificate instead."
            >
              <Select
                value={value}
                options={certificates.map(({ id, label }) => ({ value: id, label }))}
                onChange={(event) => setSubject(event.target.value)}
              />
            </Field>
          ) : type === 'project' ? null : (
            <Field name="subject" label={LABELS[type].label} hint={LABELS[type].hint}>
              <Input mono value={subject} onChange={(event) => setSubject(event.target.value)} />
            </Field>
          )}
          <Field
            name="issuedBefore"
            label="Issued before"
            aside="UTC, empty for now"
            hint="Tokens issued later are fine. Never in the future."
          >
            <Input type="datetime-local" step={1} />
          </Field>
          <Field name="reason" label="Reason" hint="Kept in the audit log.">
            <Textarea rows={2} maxLength={500} />
          </Field>
          <Note tone={covered > 0 ? 'notice' : 'quiet'} live>
            {more ? 'At least ' : ''}
            {formatNumber(covered)} live {covered === 1 ? 'session matches' : 'sessions match'} now
            {covered > 0 ? ' and will be cut, unless the token behind it was issued later.' : '.'}
          </Note>
          {type === 'user' ? (
            <p className="quiet small">
              Wildcard tokens this user joined with are revoked too, because they would fit the next name. A token
              issued afterwards lets the user in again: to lock out for good, stop issuing tokens, freeze the project or
              disable the certificate.
            </p>
          ) : null}
          <SubmitButton variant="danger-solid" busy="Revoking">
            {covered > 0
              ? `Revoke and cut ${formatNumber(covered)} ${covered === 1 ? 'session' : 'sessions'}`
              : 'Revoke'}
          </SubmitButton>
        </Stack>
      </ActionForm>
      {dialog}
    </>
  );
}
