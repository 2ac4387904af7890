import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import { formatSpan } from '@/app/_ui/format';
import { Checkbox, Input, Select } from '@/app/_ui/input';
import { Columns } from '@/app/_ui/layout';
import { Panel } from '@/app/_ui/panel';
import { setTokenPolicyAction } from './actions';
import type { SettingProps } from './general';
import { Save } from './save';

const PRESETS = [
  { seconds: 60, note: 'strictest' },
  { seconds: 300, note: 'strict' },
  { seconds: 3600, note: '' },
  { seconds: 86_400, note: 'default' },
] as const;

const presetLabel = (seconds: number, note: string) => `${formatSpan(seconds * 1000)}${note ? `, ${note}` : ''}`;

/** The presets, and whatever else is set now. */
const stalenessOptions = (current: number) =>
  [...PRESETS, ...(PRESETS.some(({ seconds }) => seconds === current) ? [] : [{ seconds: current, note: 'set now' }])]
    .sort((a, b) => a.seconds - b.seconds)
    .map(({ seconds, note }) => ({ value: String(seconds), label: presetLabel(seconds, note) }));

export function TokenPolicySetting({ project, organisationId, reason }: SettingProps) {
  const policy = project.tokenPolicy;
  const disabled = Boolean(reason);
  return (
    <Panel title="Token policy" note="edges check every token against it">
      <ActionForm action={setTokenPolicyAction} hidden={{ organisationId, projectId: project.id }} label="Token policy">
        <Columns n={2} gap={4}>
          <Field
            name="maxLifetimeSeconds"
            label="Maximum lifetime"
            aside="seconds"
            hint={`A session ends at the latest this long after its token was issued; now ${formatSpan(policy.maxLifetimeSeconds * 1000)}, at most 24 h.`}
          >
            <Input
              type="number"
              inputMode="numeric"
              min={60}
              max={86_400}
              defaultValue={policy.maxLifetimeSeconds}
              disabled={disabled}
            />
          </Field>
          <Field
            name="clockSkewSeconds"
            label="Clock skew"
            aside="seconds"
            hint="How far the clocks of your servers may be off, up to 300."
          >
            <Input
              type="number"
              inputMode="numeric"
              min={0}
              max={300}
              defaultValue={policy.clockSkewSeconds}
              disabled={disabled}
            />
          </Field>
        </Columns>
        <Checkbox
          name="wildcardUser"
          label="Allow wildcard users"
          hint="A token without a user fits everybody; whoever copies it joins as anybody."
          defaultChecked={policy.wildcardUser}
          disabled={disabled}
        />
        <Checkbox
          name="wildcardChannel"
          label="Allow wildcard channels"
          hint="A token without a channel opens every channel of the project."
          defaultChecked={policy.wildcardChannel}
          disabled={disabled}
        />
        <Checkbox
          name="legacy006"
          label="Accept version 006"
          hint="006 tokens carry no issue time: once their user is revoked they are refused outright."
          defaultChecked={policy.legacy006}
          disabled={disabled}
        />
        <Field
          name="stalenessSeconds"
          label="Staleness limit"
          hint="An edge that has lost contact goes on with the last policy it was given, and stops admitting after this long. Sessions live on to their own end."
        >
          <Select
            options={stalenessOptions(policy.stalenessSeconds)}
            defaultValue={String(policy.stalenessSeconds)}
            disabled={disabled}
          />
        </Field>
        <FormActs>
          <Save reason={reason}>Save token policy</Save>
        </FormActs>
      </ActionForm>
    </Panel>
  );
}
