import { type Caller, inProject } from '@/lib/authz';
import type { RevocationSubject } from '@/lib/kernel/bundle/resources';
import { isId, newId, systemClock } from '@/lib/platform';
import { policyErrors } from './errors';
import { publishAll } from './publish';
import { revocationResource, subjectText } from './resources';
import { type CreateRevocation, createRevocation, type RevocationView } from './schemas';
import * as store from './store';

const DAY_MS = 86_400_000;
/** A token lives a day at most, so older joins rest on dead tokens. Version 006 carries no issue time and can live longer. */
const LOOK_BACK_DAYS = { withIssueTime: 1, legacy: 90 };
/** Wildcard tokens revoked with one account. */
const CLOSURE_LIMIT = 1000;

/**
 * Revokes what was issued up to a time (default: now): a token, a user, a channel, a certificate or the whole project.
 * Revoking a user also revokes the wildcard tokens that account joined with, because the next name would fit them too.
 * Members confirm it with a second factor (`revocation.create` on the project). Gives the change that carries all of it.
 */
export async function revoke(
  caller: Caller,
  projectId: string,
  input: CreateRevocation,
): Promise<{ revocation: RevocationView; seq: number }> {
  const { subject, reason, issuedBefore: asked } = createRevocation.parse(input);
  return inProject(
    caller,
    projectId,
    ['Revocation', 'create'],
    async (tx, tenant, project) => {
      const now = systemClock.now();
      const issuedBefore = asked === undefined ? new Date(now) : new Date(asked);
      if (issuedBefore.getTime() > now) throw policyErrors('revocation.future');
      if (subject.type === 'certificate' && !(await store.hasCertificate(tx, projectId, subject.certificateId))) {
        throw policyErrors('revocation.certificate_unknown');
      }
      const subjects: { subject: RevocationSubject; reason: string }[] = [{ subject, reason }];
      if (subject.type === 'user') {
        const days = project.legacy006 ? LOOK_BACK_DAYS.legacy : LOOK_BACK_DAYS.withIssueTime;
        const tokens = await store.wildcardTokensOf(
          tx,
          projectId,
          subject.account,
          new Date(now - days * DAY_MS),
          CLOSURE_LIMIT + 1,
        );
        if (tokens.length > CLOSURE_LIMIT) throw policyErrors('revocation.too_many_tokens');
        const also = `Wildcard token of a revoked user: ${reason}`.slice(0, 500);
        subjects.push(...tokens.map((tokenId) => ({ subject: { type: 'token' as const, tokenId }, reason: also })));
      }
      await tenant.stepUp('revocation.create', projectId);

      const seconds = Math.floor(issuedBefore.getTime() / 1000);
      const made = subjects.map((entry) => ({ ...entry, id: newId('rev', now) }));
      const seq = await publishAll(
        tx,
        made.map((entry) => revocationResource(entry.id, project.appId, entry.subject, seconds)),
      );
      const rows = made.map((entry) => ({
        id: entry.id,
        organisationId: tenant.organisationId,
        projectId,
        subjectType: entry.subject.type,
        subject: subjectText(entry.subject),
        issuedBefore,
        reason: entry.reason,
        createdById: tenant.actor.id,
        createdAt: new Date(now),
        seq: BigInt(seq),
      }));
      await store.insertRevocations(tx, rows);
      // One act, one event; the tokens that went with a user share its seq in the list of revocations.
      await tenant.record(
        'revocation.created@1',
        { object: { type: 'revocation', id: rows[0]!.id }, projectId },
        { subjectType: subject.type, issuedBefore: seconds, seq, subject: subjectText(subject), reason },
      );
      return { revocation: store.toRevocation(rows[0]!), seq };
    },
    { change: true },
  );
}

/** Newest first. */
export async function listRevocations(
  caller: Caller,
  projectId: string,
  { limit = 50, cursor = null }: { limit?: number; cursor?: string | null } = {},
): Promise<{ items: RevocationView[]; next: string | null }> {
  if (cursor !== null && !isId('rev', cursor)) throw policyErrors('cursor.invalid');
  return inProject(caller, projectId, ['Revocation', 'read'], async (tx) => {
    const take = Math.min(Math.max(limit, 1), 200);
    const rows = await store.listRevocations(tx, projectId, take + 1, cursor);
    const items = rows.slice(0, take).map(store.toRevocation);
    return { items, next: rows.length > take ? (items.at(-1)?.id ?? null) : null };
  });
}
