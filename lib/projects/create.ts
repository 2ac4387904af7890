import { randomBytes } from 'node:crypto';
import { type Caller, inTenant } from '@/lib/authz';
import { keyring } from '@/lib/keyring';
import { newId } from '@/lib/platform';
import { publishProject } from '@/lib/policy';
import { type CreateProject, type ProjectView, createProject as schema } from './schemas';
import * as store from './store';

export interface CreatedProject {
  project: ProjectView;
  /** The only time the value is shown without a second factor. */
  certificate: { id: string; value: string; fingerprint: string };
  seq: number;
}

/** Makes a project with its App ID and primary certificate; edges admit to it as soon as they have the change. Members only. */
export async function createProject(caller: Caller, input: CreateProject): Promise<CreatedProject> {
  const { name, environment, fence } = schema.parse(input);
  const id = newId('prj');
  const certificateId = newId('crt');
  const appId = randomBytes(16).toString('hex');
  const made = await keyring().call('certificate.create', { certificateId, projectId: id, appId });
  return inTenant(caller, ['Project', 'create'], async (tx, { organisationId, record }) => {
    const project = await store.insertProject(tx, { id, organisationId, name, appId, environment, fence });
    const { sealed, fingerprint } = made;
    await store.insertCertificate(tx, {
      id: certificateId,
      organisationId,
      projectId: id,
      slot: 'primary',
      sealed,
      fingerprint,
    });
    const seq = await publishProject(tx, id, ['project', 'tokenPolicy', 'fence', 'staleness']);
    await record(
      'project.created@1',
      { object: { type: 'project', id }, projectId: id },
      { appId, environment, fence, name },
    );
    return { project, certificate: { id: certificateId, value: made.value, fingerprint }, seq };
  });
}
