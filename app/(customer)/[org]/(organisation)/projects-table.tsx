import type { ReactNode } from 'react';
import { Id } from '@/app/_ui/id';
import { Stack } from '@/app/_ui/layout';
import { RegionSet } from '@/app/_ui/region';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Tag } from '@/app/_ui/tag';
import { Time } from '@/app/_ui/time';
import type { ProjectView } from '@/lib/projects/schemas';
import { ENVIRONMENT_WORDS, STATUS_GLYPHS, STATUS_WORDS } from './words';

/** Projects as objects one acts on; those that admit by App ID alone stand out. */
export function ProjectsTable({
  base,
  projects,
  empty,
  foot,
}: {
  base: string;
  projects: readonly ProjectView[];
  empty: ReactNode;
  foot: ReactNode;
}) {
  const path = (project: ProjectView) => `${base}/projects/${project.id}`;
  return (
    <Table
      label="Projects"
      density="row"
      edge
      rows={projects}
      rowKey={({ id }) => id}
      href={path}
      tone={({ mode, status }) => (mode === 'app-id' && status === 'active' ? 'gap' : undefined)}
      columns={[
        {
          id: 'name',
          head: 'Project',
          grow: true,
          cell: (project) => <NameCell name={project.name} under={ENVIRONMENT_WORDS[project.environment]} />,
        },
        { id: 'appId', head: 'App ID', hide: true, cell: ({ appId }) => <Id value={appId} label="App ID" /> },
        {
          id: 'environment',
          head: 'Environment',
          hide: true,
          cell: ({ environment }) => <Tag>{ENVIRONMENT_WORDS[environment]}</Tag>,
        },
        { id: 'fence', head: 'Fence', hide: true, cell: ({ fence }) => <RegionSet codes={fence.regions} /> },
        {
          id: 'mode',
          head: 'Joins',
          cell: ({ mode }) => (mode === 'token' ? 'Token required' : <Status state="open" word="App ID only" />),
          hide: true,
        },
        { id: 'status', head: 'Status', cell: ({ status, mode }) => <State status={status} mode={mode} /> },
        { id: 'created', head: 'Created', hide: true, quiet: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
      ]}
      menu={(project) => [
        { label: 'Certificates', icon: 'cert', href: `${path(project)}/certificates` },
        { label: 'Fence', icon: 'fence', href: `${path(project)}/fence` },
        { label: 'Project settings', icon: 'gear', href: `${path(project)}/settings` },
        'line',
        { label: 'Copy App ID', icon: 'copy', copy: project.appId },
      ]}
      empty={empty}
      foot={foot}
    />
  );
}

/** Below 768 px the column of joins is gone, so its warning moves here. */
function State({ status, mode }: Pick<ProjectView, 'status' | 'mode'>) {
  return (
    <Stack gap={1}>
      <Status state={STATUS_GLYPHS[status]} word={STATUS_WORDS[status]} />
      {mode === 'app-id' ? (
        <span className="only-narrow">
          <Status state="open" word="App ID only" small />
        </span>
      ) : null}
    </Stack>
  );
}
