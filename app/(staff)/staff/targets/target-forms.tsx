'use client';
import { SidePanel, type Trigger } from '@/app/_ui/dialog';
import { Field, GroupError } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Checkbox, Input, Select, Textarea } from '@/app/_ui/input';
import { Columns, Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { CLASSES, DATA_CLASSES, type PolicyView, REGIONS, STAFF_ROLES, type TargetView } from '@/lib/grants/schemas';
import { changeEligibilityAction, changeTargetAction } from './actions';

interface BoxesProps {
  legend: string;
  prefix: string;
  of: readonly string[];
  chosen: readonly string[];
  group?: string;
}
function Boxes({ legend, prefix, of, chosen, group }: BoxesProps) {
  return (
    <fieldset>
      <legend className="small">{legend}</legend>
      {of.map((value) => (
        <Checkbox key={value} name={`${prefix}.${value}`} label={value} defaultChecked={chosen.includes(value)} />
      ))}
      {group ? <GroupError name={group} /> : null}
    </fieldset>
  );
}

export function ChangeTarget({ target, trigger }: { target?: TargetView; trigger: Trigger }) {
  return (
    <SidePanel
      trigger={trigger}
      title={target ? `Change ${target.id}` : 'Add a target'}
      lede="What access can be asked for. Everybody whose data it holds is told, or asked."
    >
      <ActionForm action={changeTargetAction as FormAction} hidden={target ? { target: target.id } : {}}>
        <Stack gap={4}>
          {target ? null : (
            <Field name="target" label="Name" hint="host: and the name of a host, or app: and an App ID.">
              <Input mono defaultValue="host:" maxLength={80} required />
            </Field>
          )}
          <Columns n={2} gap={4}>
            <Field name="class" label="Class">
              <Select defaultValue={target?.class} options={CLASSES.map((value) => ({ value, label: value }))} />
            </Field>
            <Field name="region" label="Region">
              <Select defaultValue={target?.region} options={REGIONS.map((value) => ({ value, label: value }))} />
            </Field>
          </Columns>
          <Boxes
            legend="Data it holds"
            prefix="data"
            of={DATA_CLASSES}
            chosen={target?.dataClasses ?? []}
            group="data"
          />
          <Field
            name="organisations"
            label="Whose"
            hint="Ids of organisations, org_…, one a line. Of an App ID it is the project’s own."
          >
            <Textarea mono rows={3} defaultValue={target?.organisations.join('\n')} />
          </Field>
          {target ? (
            <Field name="state" label="State">
              <Select
                defaultValue={target.state}
                options={[
                  { value: 'active', label: 'active' },
                  { value: 'retired', label: 'retired' },
                ]}
              />
            </Field>
          ) : null}
          <FormActs>
            <SubmitButton>{target ? 'Change the target' : 'Add the target'}</SubmitButton>
          </FormActs>
        </Stack>
      </ActionForm>
    </SidePanel>
  );
}

interface NumberProps {
  name: string;
  label: string;
  min: number;
  max: number;
  value: number;
  hint?: string;
}
const NumberField = ({ name, label, min, max, value, hint }: NumberProps) => (
  <Field name={name} label={label} hint={hint}>
    <Input type="number" min={min} max={max} defaultValue={String(value)} required />
  </Field>
);

export function ChangePolicy({ policy, trigger }: { policy?: PolicyView; trigger: Trigger }) {
  return (
    <SidePanel
      trigger={trigger}
      title={policy ? `Change ${policy.name}` : 'Make a policy'}
      lede="Who may ask for what, for how long, and who has to agree. Customers who want to be asked are asked beside it."
    >
      <ActionForm action={changeEligibilityAction as FormAction} hidden={policy ? { policy: policy.id } : {}}>
        <Stack gap={4}>
          <Field name="name" label="Name">
            <Input defaultValue={policy?.name} maxLength={80} required />
          </Field>
          <Boxes legend="Roles; none: every role" prefix="role" of={STAFF_ROLES} chosen={policy?.roles ?? []} />
          <Columns n={3} gap={4}>
            <Boxes legend="Classes" prefix="class" of={CLASSES} chosen={policy?.classes ?? []} group="classes" />
            <Boxes legend="Regions" prefix="region" of={REGIONS} chosen={policy?.regions ?? []} group="regions" />
            <Boxes
              legend="Data"
              prefix="data"
              of={DATA_CLASSES}
              chosen={policy?.dataClasses ?? []}
              group="dataClasses"
            />
          </Columns>
          <Field
            name="targets"
            label="Only these targets"
            aside="optional"
            hint="host:… or app:…, one a line. None: all of the classes."
          >
            <Textarea mono rows={2} defaultValue={policy?.targets?.join('\n')} />
          </Field>
          <Columns n={2} gap={4}>
            <NumberField name="maxMinutes" label="Minutes at most" min={1} max={480} value={policy?.maxMinutes ?? 60} />
            <NumberField
              name="decideMinutes"
              label="Minutes to decide"
              min={60}
              max={1440}
              value={policy?.decideMinutes ?? 240}
              hint="Then it is over."
            />
            <NumberField name="security" label="Of security" min={1} max={3} value={policy?.security ?? 1} />
            <NumberField name="onCall" label="On call" min={0} max={3} value={policy?.onCall ?? 0} />
            <NumberField
              name="escalateMinutes"
              label="Minutes for those on call"
              min={2}
              max={1440}
              value={policy?.escalateMinutes ?? 10}
              hint="Then everybody else is told."
            />
            <NumberField name="denials" label="Denials that end it" min={1} max={3} value={policy?.denials ?? 1} />
            <Field
              name="ticketPattern"
              label="Form of the ticket"
              aside="optional"
              hint="A regular expression: INC-\d+"
            >
              <Input mono defaultValue={policy?.ticketPattern ?? ''} maxLength={120} />
            </Field>
          </Columns>
          <Checkbox name="files" label="Files may be copied" defaultChecked={policy?.files} />
          <Checkbox name="breakGlass" label="Break-glass" defaultChecked={policy?.breakGlass} />
          {policy ? (
            <Checkbox name="ended" label="Ended" hint="Nobody asks under it any more." defaultChecked={policy.ended} />
          ) : null}
          <FormActs>
            <SubmitButton>{policy ? `Make version ${policy.version + 1}` : 'Make the policy'}</SubmitButton>
          </FormActs>
        </Stack>
      </ActionForm>
    </SidePanel>
  );
}
