import type { CertificateView, ProjectView } from './schemas';

/**
 * What may be done to a project and a certificate in which state, as tables. The same tables explain a disabled button and
 * refuse the act on the server.
 */
export type Verdict = { allowed: true } | { allowed: false; why: string };
const allowed: Verdict = { allowed: true };
const refused = (why: string): Verdict => ({ allowed: false, why });

export type ProjectAct = 'change' | 'freeze' | 'unfreeze' | 'archive' | 'restore' | 'open' | 'mint';

type ProjectState = Pick<ProjectView, 'status' | 'environment' | 'mode'>;

const PROJECT_ACTS: Record<ProjectAct, (project: ProjectState) => Verdict> = {
  change: ({ status }) =>
    status === 'archived' ? refused('An archived project cannot be changed. Restore it first.') : allowed,
  freeze: ({ status }) => (status === 'active' ? allowed : refused(`The project is already ${status}.`)),
  unfreeze: ({ status }) => (status === 'frozen' ? allowed : refused('Only a frozen project can be unfrozen.')),
  archive: ({ status }) =>
    status === 'archived'
      ? refused('The project is already archived.')
      : status === 'active'
        ? refused('Freeze the project first: archiving ends nothing by surprise.')
        : allowed,
  restore: ({ status }) => (status === 'archived' ? allowed : refused('Only an archived project can be restored.')),
  open: ({ environment, status }) =>
    environment === 'production'
      ? refused('A production project always requires tokens. Use a development or staging project to try without.')
      : status === 'archived'
        ? refused('An archived project cannot be changed. Restore it first.')
        : allowed,
  mint: ({ status }) =>
    status === 'active' ? allowed : refused(`The project is ${status}; every edge refuses its tokens.`),
};

export const projectCan = (act: ProjectAct, project: ProjectState): Verdict => PROJECT_ACTS[act](project);

/** Moving to production closes the App-ID-only door. */
export function environmentCan(environment: ProjectView['environment'], project: ProjectState): Verdict {
  const change = projectCan('change', project);
  if (!change.allowed) return change;
  if (environment === 'production' && project.mode === 'app-id')
    return refused('Require tokens first: a production project never admits by App ID alone.');
  return allowed;
}

export type CertificateAct = 'enable' | 'disable' | 'delete' | 'reveal' | 'add';

/** `all` are the project's certificates that are not deleted. */
export function certificateCan(
  act: CertificateAct,
  certificate: Pick<CertificateView, 'id' | 'status'> | null,
  all: readonly Pick<CertificateView, 'id' | 'status' | 'slot'>[],
): Verdict {
  if (act === 'add') return all.length < 2 ? allowed : refused('Both places are taken. Delete one certificate first.');
  if (!certificate || certificate.status === 'deleted') return refused('The certificate is deleted.');
  switch (act) {
    case 'enable':
      return certificate.status === 'disabled' ? allowed : refused('The certificate is enabled.');
    case 'disable':
      return certificate.status === 'enabled' ? allowed : refused('The certificate is disabled.');
    case 'delete':
      return certificate.status === 'disabled' ? allowed : refused('Disable the certificate first.');
    case 'reveal':
      return allowed;
  }
}

/** The place a new certificate takes. */
export const freeSlot = (all: readonly Pick<CertificateView, 'slot'>[]): 'primary' | 'secondary' =>
  all.some(({ slot }) => slot === 'primary') ? 'secondary' : 'primary';
