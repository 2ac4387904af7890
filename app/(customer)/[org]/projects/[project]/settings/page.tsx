import type { Metadata } from 'next';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { firstReason, roleReason } from '@/app/(customer)/_parts/rights';
import { activity } from '@/lib/fleet';
import { environmentCan, type ProjectAct, projectCan } from '@/lib/projects';
import { ENVIRONMENTS } from '@/lib/projects/schemas';
import { customerProject } from '../../../../_frame/door';
import { AuthenticationSetting } from './authentication';
import { EnvironmentSetting, NameSetting } from './general';
import { LifeSetting } from './life';
import { TokenPolicySetting } from './token-policy';

export const metadata: Metadata = { title: 'Project settings' };

export default async function SettingsPage({ params }: { params: Promise<{ org: string; project: string }> }) {
  const { org, project: projectId } = await params;
  const page = await customerProject(org, projectId);
  const { caller, project, organisation } = page;
  const life = await activity(caller, project.id);

  const change = projectCan('change', project);
  const setting = (action: 'rename' | 'change-environment' | 'change-mode' | 'change-token-policy') =>
    firstReason(roleReason(page, action, 'Project'), change);
  const act = (name: Exclude<ProjectAct, 'change' | 'open' | 'mint'>) =>
    firstReason(roleReason(page, name, 'Project'), projectCan(name, project));
  const shared = { project, organisationId: organisation.id };

  return (
    <Page narrow>
      <PageHead title="Project settings" lede="Every change is signed, sent to the edges and kept in the audit log." />
      <Stack gap={6}>
        <NameSetting {...shared} reason={setting('rename')} />
        <EnvironmentSetting
          {...shared}
          reason={setting('change-environment')}
          reasons={Object.fromEntries(
            ENVIRONMENTS.flatMap((environment) => {
              const verdict = environmentCan(environment, project);
              return verdict.allowed ? [] : [[environment, verdict.why]];
            }),
          )}
        />
        <section id="authentication" aria-label="Authentication">
          <AuthenticationSetting
            {...shared}
            reason={setting('change-mode')}
            openReason={firstReason(undefined, projectCan('open', project))}
          />
        </section>
        <section id="token-policy" aria-label="Token policy">
          <TokenPolicySetting {...shared} reason={setting('change-token-policy')} />
        </section>
        <section id="life" aria-label="Freeze and archive">
          <LifeSetting
            {...shared}
            live={life.inSession}
            joinsLastDay={life.joins}
            reasons={{
              freeze: act('freeze'),
              unfreeze: act('unfreeze'),
              archive: act('archive'),
              restore: act('restore'),
            }}
          />
        </section>
      </Stack>
    </Page>
  );
}
