import { type Caller, inProject, type Tx } from '@/lib/authz';
import type { RevocationSubject } from '@/lib/kernel/bundle/resources';
import { isId, newId, systemClock } from '@/lib/platform';
import { policyErrors } from './errors';
import { publishAll } from './publish';
import { revocationResource, subjectText } from './resources';
import { type CreateRevocation, createRevocation, type RevocationView } from './schemas';
import * as store from './store';
import { revocationTerms } from './terms';

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
      const certificate =
        subject.type === 'certificate' ? await store.findCertificate(tx, projectId, subject.certificateId) : null;
      if (subject.type === 'certificate' && !certificate) throw policyErrors('revocation.certificate_unknown');
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
      const before = asked === undefined ? null : issuedBefore.toISOString();
      await tenant.stepUp({
        action: 'revocation.create',
        object: projectId,
        terms: revocationTerms({ name: project.name, subject, certificate, issuedBefore: before, reason }),
      });

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

/**
 * Revokes tokens by their ids (as `tokenIdentity` gives them) in the transaction of an act of its own right, which records it. Gives the
 * number of the last change. Takes the policy head's lock: nothing slow may follow.
 */
export async function revokeTokens(
  tx: Tx,
  by: { organisationId: string; userId: string },
  tokens: readonly { tokenId: string; projectId: string; appId: string }[],
  reason: string,
): Promise<number> {
  const now = new Date(systemClock.now());
  const issuedBefore = Math.floor(now.getTime() / 1000);
  const made = tokens.map((token) => ({ ...token, id: newId('rev', now.getTime()) }));
  const seq = await publishAll(
    tx,
    made.map(({ id, appId, tokenId }) => revocationResource(id, appId, { type: 'token', tokenId }, issuedBefore)),
  );
  await store.insertRevocations(
    tx,
    made.map(({ id, projectId, tokenId }) => ({
      id,
      organisationId: by.organisationId,
      projectId,
      subjectType: 'token' as const,
      subject: tokenId,
      issuedBefore: now,
      reason,
      createdById: by.userId,
      createdAt: now,
      seq: BigInt(seq),
    })),
  );
  return seq;
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
