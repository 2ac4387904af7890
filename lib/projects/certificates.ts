import { appendRefusal } from '@/lib/audit';
import { askDigest, type Caller, inProject, type Tenant, type Tx } from '@/lib/authz';
import { KeyringError, keyring } from '@/lib/keyring';
import { newId, newUuid, systemClock } from '@/lib/platform';
import { publishProject } from '@/lib/policy';
import { projectErrors } from './errors';
import { certificateCan, freeSlot, projectCan, type Verdict } from './rules';
import { type CertificateView, type ProjectView, reason as reasonText } from './schemas';
import * as store from './store';
import { certificateTerms } from './terms';

const DAY_MS = 86_400_000;

export interface ListedCertificate extends CertificateView {
  /** Joins admitted by it in the last 24 h: what deleting it would break. */
  joinsLastDay: number;
}

/** Newest first, with deleted ones as history; never a value. */
export function listCertificates(caller: Caller, projectId: string): Promise<ListedCertificate[]> {
  return inProject(caller, projectId, ['Certificate', 'read'], async (tx) => {
    const rows = await store.listCertificates(tx, projectId);
    const uses = await store.lastUses(
      tx,
      projectId,
      rows.map(({ id }) => id),
      new Date(systemClock.now() - DAY_MS),
    );
    return rows.map((row) => {
      const use = uses.get(row.id);
      const seen = [row.lastUsedAt, use?.at.toISOString()].filter((at) => typeof at === 'string').sort();
      return { ...row, lastUsedAt: seen.at(-1) ?? null, joinsLastDay: use?.joins ?? 0 };
    });
  });
}

export interface AddedCertificate {
  certificate: CertificateView;
  /** The only time the value is shown without a second factor. */
  value: string;
  seq: number;
}

/** Makes a certificate in the free place; edges accept tokens of both from then on. Throws `certificate.state` when both are taken. */
export async function addCertificate(caller: Caller, projectId: string): Promise<AddedCertificate> {
  const project = await inProject(caller, projectId, ['Certificate', 'create'], async (tx, _tenant, row) => {
    await place(tx, store.toProject(row));
    return row;
  });
  const id = newId('crt');
  const made = await keyring().call('certificate.create', { certificateId: id, projectId, appId: project.appId });
  return inProject(
    caller,
    projectId,
    ['Certificate', 'create'],
    async (tx, { organisationId, record }, row) => {
      const slot = await place(tx, store.toProject(row));
      const { sealed, fingerprint, value } = made;
      const certificate = await store.insertCertificate(tx, {
        id,
        organisationId,
        projectId,
        slot,
        sealed,
        fingerprint,
      });
      const seq = await publishProject(tx, projectId, ['project']);
      await record('certificate.added@1', about(projectId, id), { slot, fingerprint, seq });
      return { certificate, value, seq };
    },
    { change: true },
  );
}

async function place(tx: Tx, project: ProjectView): Promise<CertificateView['slot']> {
  demandProject(project);
  const all = await store.heldCertificates(tx, project.id);
  demand(certificateCan('add', null, all));
  return freeSlot(all);
}

interface Change {
  act: 'enable' | 'disable' | 'delete';
  to: CertificateView['status'];
  event: 'certificate.enabled@1' | 'certificate.disabled@1' | 'certificate.deleted@1';
  /** Step-up a member gives, on the certificate. */
  stepUp?: 'certificate.disable' | 'certificate.delete';
}

function change(
  caller: Caller,
  projectId: string,
  certificateId: string,
  { act, to, event, stepUp }: Change,
): Promise<{ seq: number }> {
  return inProject(
    caller,
    projectId,
    ['Certificate', act],
    async (tx, tenant, row) => {
      const certificate = await find(tx, projectId, certificateId);
      demandProject(store.toProject(row));
      demand(certificateCan(act, certificate, []));
      if (stepUp)
        await tenant.stepUp({
          action: stepUp,
          object: certificateId,
          terms: certificateTerms(stepUp, row, certificate),
        });
      await store.setCertificateStatus(tx, certificateId, to, to === 'deleted' ? new Date(systemClock.now()) : null);
      const seq = await publishProject(tx, projectId, ['project']);
      const { slot, fingerprint } = certificate;
      await tenant.record(event, about(projectId, certificateId), { slot, fingerprint, seq });
      return { seq };
    },
    { change: true },
  );
}

export const enableCertificate = (caller: Caller, projectId: string, certificateId: string) =>
  change(caller, projectId, certificateId, { act: 'enable', to: 'enabled', event: 'certificate.enabled@1' });

/** Edges forget it: its tokens are refused and what they carried is cut. Step-up `certificate.disable` on the certificate. */
export const disableCertificate = (caller: Caller, projectId: string, certificateId: string) =>
  change(caller, projectId, certificateId, {
    act: 'disable',
    to: 'disabled',
    event: 'certificate.disabled@1',
    stepUp: 'certificate.disable',
  });

/** Final; only a disabled one. Step-up `certificate.delete` on the certificate. */
export const deleteCertificate = (caller: Caller, projectId: string, certificateId: string) =>
  change(caller, projectId, certificateId, {
    act: 'delete',
    to: 'deleted',
    event: 'certificate.deleted@1',
    stepUp: 'certificate.delete',
  });

/**
 * Shows the value once per second factor (`certificate.reveal` on the certificate). The event is committed before the keyring
 * opens anything, so that no value is ever shown unrecorded; should the keyring then refuse, that is recorded too.
 */
export async function revealCertificate(
  caller: Caller,
  projectId: string,
  certificateId: string,
  input: { reason: string },
): Promise<{ value: string }> {
  const reason = reasonText.parse(input.reason);
  const actId = newUuid();
  const action = 'certificate.reveal';
  const proven = await inProject(caller, projectId, ['Certificate', 'reveal'], async (tx, tenant, project) => {
    const certificate = await find(tx, projectId, certificateId);
    demand(certificateCan('reveal', certificate, []));
    const ask = {
      action,
      object: certificateId,
      terms: certificateTerms(action, project, certificate, reason),
    } as const;
    const ticket = await tenant.stepUp(ask);
    const { slot, fingerprint, sealed } = certificate;
    await tenant.record(
      'certificate.revealed@1',
      { ...about(projectId, certificateId), actId },
      { slot, fingerprint, reason },
    );
    return { tenant, ticket, terms: askDigest(ask), slot, fingerprint, appId: project.appId, sealed };
  });
  const { tenant, ticket, terms, appId, sealed } = proven;
  const purpose = {
    sessionId: tenant.sessionId ?? '',
    userId: tenant.actor.id,
    action,
    object: certificateId,
    terms,
  };
  try {
    return await keyring().call('certificate.reveal', {
      certificateId,
      projectId,
      appId,
      sealed,
      ticket: ticket ?? '',
      purpose,
    });
  } catch (error) {
    await recordFailure(caller, tenant, { projectId, certificateId, actId, ...proven });
    if (error instanceof KeyringError)
      throw projectErrors('certificate.sealed', { internal: error.code, cause: error });
    throw error;
  }
}

function recordFailure(
  caller: Caller,
  { actor, organisationId }: Tenant,
  {
    projectId,
    certificateId,
    actId,
    slot,
    fingerprint,
  }: { projectId: string; certificateId: string; actId: string; slot: string; fingerprint: string },
): Promise<void> {
  const event = {
    schema: 'certificate.revealed@1',
    outcome: 'failed',
    actor,
    organisationId,
    actId,
    fields: { slot, fingerprint },
  } as const;
  return appendRefusal({ ...event, ...about(projectId, certificateId) }, caller);
}

const about = (projectId: string, id: string) => ({ object: { type: 'certificate', id }, projectId });

async function find(tx: Tx, projectId: string, certificateId: string) {
  const found = await store.findCertificate(tx, projectId, certificateId);
  if (!found) throw projectErrors('certificate.not_found');
  return found;
}

function demand(verdict: Verdict): void {
  if (!verdict.allowed) throw projectErrors('certificate.state', { why: verdict.why });
}

function demandProject(project: ProjectView): void {
  const verdict = projectCan('change', project);
  if (!verdict.allowed) throw projectErrors('project.state', { why: verdict.why });
}
