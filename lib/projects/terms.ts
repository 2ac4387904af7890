import { type Terms, termText } from '@/lib/kernel/act';
import type { CertificateView, ProjectView } from './schemas';

/** What a member confirms, in words. Pure, and the same for the same act: a confirmation fits only what it was given for. */
const MODES: Readonly<Record<ProjectView['mode'], string>> = {
  token: 'a token your server signed',
  'app-id': 'the App ID alone',
};

const of = ({ name }: Pick<ProjectView, 'name'>) => ['Project', termText(name)] as const;

export const environmentTerms = (project: ProjectView, after: ProjectView['environment']): Terms => [
  of(project),
  ['Environment before', project.environment],
  ['Environment after', after],
];

export const modeTerms = (project: ProjectView, after: ProjectView['mode']): Terms => [
  of(project),
  ['Joining takes, before', MODES[project.mode]],
  ['Joining takes, after', MODES[after]],
];

const LIFE = {
  frozen: 'Every edge cuts its live sessions and refuses joins until it is unfrozen',
  archived: 'Nothing of it can be used or changed until it is restored',
} as const;

export const lifeTerms = (project: ProjectView, after: keyof typeof LIFE, reason: string): Terms => [
  of(project),
  ['Status before', project.status],
  ['Status after', after],
  ['What follows', LIFE[after]],
  ['Reason', reason],
];

const CERTIFICATES = {
  'certificate.disable': 'Edges refuse its tokens and cut the sessions they opened, until it is enabled',
  'certificate.delete': 'Its value is gone for good and its tokens are never admitted again',
  'certificate.reveal': 'Its value is shown to you; whoever has it can sign tokens',
} as const;

/** `reason` only where one is asked for. */
export const certificateTerms = (
  action: keyof typeof CERTIFICATES,
  project: Pick<ProjectView, 'name'>,
  { slot, fingerprint }: Pick<CertificateView, 'slot' | 'fingerprint'>,
  reason?: string,
): Terms => [
  of(project),
  ['Slot', slot],
  ['Fingerprint', fingerprint],
  ['What follows', CERTIFICATES[action]],
  ...(reason === undefined ? [] : [['Reason', reason] as const]),
];
