'use client';
/** A request: under which policy, for what, why and how long. What is signed is shown before it is. */
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { SignedForm } from '@/app/_parts/access/signed';
import { targetName } from '@/app/_parts/access/words';
import { RadioCards } from '@/app/_ui/choice';
import { Field, GroupError } from '@/app/_ui/field';
import { FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Checkbox, Input, Select, Textarea } from '@/app/_ui/input';
import { Columns, Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { GRANT_LIMITS, type PolicyView, PURPOSES, type TargetView } from '@/lib/grants/schemas';
import { askAction } from '../actions';

export interface AskFormProps {
  /** Of the request, made with the page; another by the time that it is asked, so what was asked is read from the answer. */
  request: string;
  policies: readonly PolicyView[];
  targets: readonly TargetView[];
}

const KINDS = [
  { value: 'access', label: 'Access', hint: 'Opens when everybody who has to has agreed.' },
  {
    value: 'break-glass',
    label: 'Break-glass',
    hint: 'Opens at once. Everybody passed over is told, and two others review it within 24 hours.',
  },
];

/** Targets of a policy: what it names by class, region and data; the server holds to it. */
const within = ({ classes, regions, dataClasses, targets }: PolicyView, target: TargetView): boolean =>
  target.state === 'active' &&
  classes.includes(target.class) &&
  regions.includes(target.region) &&
  target.dataClasses.every((data) => dataClasses.includes(data)) &&
  (targets === null || targets.includes(target.id));

export function AskForm({ request, policies, targets }: AskFormProps) {
  const router = useRouter();
  const [chosen, setChosen] = useState(policies[0]?.id ?? '');
  const [kind, setKind] = useState('access');
  const policy = policies.find(({ id }) => id === chosen);
  const reachable = policy ? targets.filter((target) => within(policy, target)) : [];
  const most = Math.min(policy?.maxMinutes ?? 1, GRANT_LIMITS.minutes[kind as 'access' | 'break-glass']);
  return (
    <SignedForm
      words={{ act: kind === 'access' ? 'Ask for access' : 'Break the glass', name: policy?.name ?? 'Production' }}
      action={askAction as FormAction}
      hidden={{ request }}
      onOk="stay"
      onState={(state) => state.ok && 'request' in state && router.push(`/staff/requests?open=${state.request}`)}
      label="Ask for access"
    >
      <Stack gap={5}>
        <Field name="policy" label="Policy" hint={policy ? says(policy) : undefined}>
          <Select
            value={chosen}
            onChange={(event) => setChosen(event.target.value)}
            options={policies.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
        <RadioCards
          name="kind"
          legend="How"
          columns={2}
          defaultValue="access"
          onChoose={setKind}
          options={KINDS.map((each) => ({
            ...each,
            ...(each.value === 'break-glass' && !policy?.breakGlass ? { reason: 'Not part of this policy.' } : {}),
          }))}
        />
        <fieldset>
          <legend className="small">Targets</legend>
          {reachable.map(({ id, region, dataClasses }) => (
            <Checkbox
              key={id}
              name={`target.${id}`}
              label={targetName(id)}
              hint={`${region}, data: ${dataClasses.join(', ')}`}
            />
          ))}
          {reachable.length === 0 ? <p className="small quiet">This policy names no target that there is.</p> : null}
          <GroupError name="targets" />
        </fieldset>
        <Columns n={2} gap={4}>
          <Field name="purpose" label="Purpose">
            <Select options={PURPOSES.map((each) => ({ value: each, label: each }))} />
          </Field>
          <Field
            name="ticket"
            label="Ticket"
            hint={policy?.ticketPattern ? `Has to look like ${policy.ticketPattern}` : 'None is asked for.'}
          >
            <Input mono maxLength={GRANT_LIMITS.ticket} />
          </Field>
        </Columns>
        <Field
          name="reason"
          label="Reason"
          hint="Whoever is concerned reads it, customers too. It cannot be changed afterwards."
        >
          <Textarea rows={3} maxLength={GRANT_LIMITS.reason.max} required />
        </Field>
        <Columns n={2} gap={4}>
          <Field name="minutes" label="Minutes" hint={`At most ${most}. The clock starts when it is approved.`}>
            <Input type="number" min={1} max={most} defaultValue={Math.min(30, most)} key={most} required />
          </Field>
          <Field name="starts" label="Not before" aside="optional, UTC" hint="Without it, when it is approved.">
            <Input type="datetime-local" />
          </Field>
        </Columns>
        <Field name="command" label="Only this command" aside="optional" hint="Exactly this runs, and no shell.">
          <Input mono maxLength={GRANT_LIMITS.command} />
        </Field>
        <Checkbox
          name="files"
          label="Files may be copied"
          reason={policy?.files ? undefined : 'Not part of this policy.'}
        />
        <FormActs>
          <SubmitButton icon="passkey" variant={kind === 'access' ? 'primary' : 'danger-solid'}>
            {kind === 'access' ? 'Ask for access' : 'Open now'}
          </SubmitButton>
        </FormActs>
      </Stack>
    </SignedForm>
  );
}

const says = ({ maxMinutes, security, onCall, decideMinutes, escalateMinutes }: PolicyView): string =>
  [
    `At most ${maxMinutes} minutes.`,
    `Needs ${security} of security${onCall > 0 ? ` and ${onCall} on call` : ''}, and customers who want to be asked.`,
    ...(onCall > 0 ? [`Who is on call is told first, the others after ${escalateMinutes} minutes.`] : []),
    `Undecided after ${decideMinutes} minutes, it is over.`,
  ].join(' ');
