import {
  type CertificateRef,
  type FenceResource,
  type ProjectResource,
  type RevocationResource,
  type RevocationSubject,
  type StalenessResource,
  subjectName,
  type TokenPolicyResource,
} from '@/lib/kernel/bundle/resources';
import type { Region } from '@/lib/kernel/region';

/** A project's settings as its rows hold them. */
export interface ProjectSettings {
  id: string;
  organisationId: string;
  name: string;
  appId: string;
  environment: ProjectResource['environment'];
  status: ProjectResource['status'];
  mode: ProjectResource['mode'];
  maxLifetimeSeconds: number;
  wildcardChannel: boolean;
  wildcardUser: boolean;
  legacy006: boolean;
  clockSkewSeconds: number;
  stalenessSeconds: number;
  fence: Region[];
  /** Enabled ones only: a disabled certificate is simply not there for an edge. */
  certificates: CertificateRef[];
}

/** A resource before the database gives it its version. */
type Unversioned<R> = Omit<R, 'version'>;
export type Draft =
  | Unversioned<ProjectResource>
  | Unversioned<TokenPolicyResource>
  | Unversioned<FenceResource>
  | Unversioned<StalenessResource>
  | Unversioned<RevocationResource>;

/** Settings to what edges enforce. */
export function projectResources(project: ProjectSettings): Draft[] {
  return [
    {
      kind: 'project',
      id: project.appId,
      projectId: project.id,
      organisationId: project.organisationId,
      name: project.name,
      status: project.status,
      environment: project.environment,
      // A second wall: whatever the row says, production is never open.
      mode: project.environment === 'production' ? 'token' : project.mode,
      certificates: project.certificates,
    },
    {
      kind: 'tokenPolicy',
      id: project.appId,
      maxLifetimeSeconds: project.maxLifetimeSeconds,
      wildcardChannel: project.wildcardChannel,
      wildcardUser: project.wildcardUser,
      legacy006: project.legacy006,
      clockSkewSeconds: project.clockSkewSeconds,
    },
    { kind: 'fence', id: project.appId, regions: project.fence },
    { kind: 'staleness', id: project.appId, joinSeconds: project.stalenessSeconds },
  ];
}

/** `issuedBefore` in Unix seconds. */
export const revocationResource = (
  id: string,
  appId: string,
  subject: RevocationSubject,
  issuedBefore: number,
): Draft => ({ kind: 'revocation', id, appId, subject, issuedBefore });

/** The text of a subject, for the row, the list and the audit log. */
export const subjectText = (subject: RevocationSubject): string => subjectName(subject) || '*';
