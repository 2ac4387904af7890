/**
 * Projects: their life from creation to archive, their settings and their App certificates. Every change is published to the
 * edges in the transaction that makes it. The server's only door; browsers may import `schemas.ts` and `rules.ts`.
 */
import 'server-only';

export {
  addCertificate,
  deleteCertificate,
  disableCertificate,
  enableCertificate,
  type ListedCertificate,
  listCertificates,
  revealCertificate,
} from './certificates';
export { createProject } from './create';
export { projectErrors } from './errors';
export { archiveProject, freezeProject, restoreProject, unfreezeProject } from './life';
export { getProject, listProjects, toProjectView } from './read';
export { type CertificateAct, certificateCan, environmentCan, type ProjectAct, projectCan } from './rules';
export { renameProject, setEnvironment, setMode, setTokenPolicy } from './settings';
