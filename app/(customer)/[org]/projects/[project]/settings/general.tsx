import { RadioCards } from '@/app/_ui/choice';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import { Id } from '@/app/_ui/id';
import { Input } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { Panel } from '@/app/_ui/panel';
import { Time } from '@/app/_ui/time';
import { SteppedForm } from '@/app/(customer)/_parts/stepped';
import { ENVIRONMENTS, type ProjectView } from '@/lib/projects/schemas';
import { ENVIRONMENT_WORDS } from '../../../(organisation)/words';
import { renameProjectAction, setEnvironmentAction } from './actions';
import { Save } from './save';

export interface SettingProps {
  project: ProjectView;
  organisationId: string;
  /** Why the role or the project's state forbids it. */
  reason?: string;
}

export function NameSetting({ project, organisationId, reason }: SettingProps) {
  return (
    <Panel title="Name">
      <Stack gap={4}>
        <ActionForm action={renameProjectAction} hidden={{ organisationId, projectId: project.id }} label="Rename">
          <Field name="name" label="Name">
            <Input defaultValue={project.name} maxLength={80} disabled={Boolean(reason)} />
          </Field>
          <FormActs>
            <Save reason={reason}>Rename</Save>
          </FormActs>
        </ActionForm>
        <DefinitionList
          items={[
            { term: 'App ID', value: <Id value={project.appId} whole label="App ID" /> },
            { term: 'Project ID', value: <Id value={project.id} whole label="project ID" /> },
            { term: 'Created', value: <Time at={project.createdAt} /> },
          ]}
        />
      </Stack>
    </Panel>
  );
}

const HINTS: Readonly<Record<ProjectView['environment'], string>> = {
  development: 'May admit by App ID alone once you ask for it',
  staging: 'The same freedom, for what comes before production',
  production: 'Always requires tokens: admitting by App ID alone is closed for good while it is production',
};

/** `reasons` per environment: the rule of the project's state for moving there. */
export function EnvironmentSetting({
  project,
  organisationId,
  reason,
  reasons,
}: SettingProps & { reasons: Readonly<Partial<Record<ProjectView['environment'], string>>> }) {
  return (
    <Panel title="Environment" note="asks you to confirm">
      <SteppedForm
        action={setEnvironmentAction}
        hidden={{ organisationId, projectId: project.id }}
        words={{ act: 'Change the environment', name: project.name }}
        label="Environment"
      >
        <RadioCards
          // The choice follows the project once it has changed.
          key={project.environment}
          name="environment"
          legend="Environment"
          defaultValue={project.environment}
          options={ENVIRONMENTS.map((value) => ({
            value,
            label: ENVIRONMENT_WORDS[value],
            hint: HINTS[value],
            ...(reasons[value] && value !== project.environment ? { reason: reasons[value] } : {}),
          }))}
        />
        <FormActs>
          <Save reason={reason}>Change environment…</Save>
        </FormActs>
      </SteppedForm>
    </Panel>
  );
}
