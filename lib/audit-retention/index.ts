/**
 * What is kept of an audit log: periods by class of record, legal holds, pruning of what is past its period, and erasing a person's
 * values. Of an organisation's log its owners and administrators decide, of the provider's the provider's. Every rule is the database's
 * (migration 0021); this says what is asked of it and records it. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { DEFAULT_MONTHS } from '@/lib/audit';
import { isId, newId } from '@/lib/platform';
import { retentionErrors } from './errors';
import type { HoldRequest, KeepingView, PruneRequest, RetainedClass } from './schemas';
import * as store from './store';
import { approveTerms, pruneTerms, releaseTerms, retentionTerms } from './terms';
import { keepingView } from './view';

export { erasePerson, erasureOutlook } from './erasure';
export { retentionErrors } from './errors';
export type { Keeper } from './store';

type Keeper = store.Keeper;

/** Everything a page shows of it. */
export const readKeeping = (keeper: Keeper): Promise<KeepingView> =>
  store.atDesk(keeper, ['AuditRetention', 'read'], keepingView);

/** Keeps a class for so many months from now on; a shorter period is confirmed. False when it is that already. Throws `authz.step_up_required`. */
export const setRetention = (keeper: Keeper, name: RetainedClass, months: number): Promise<boolean> =>
  store.atDesk(keeper, ['AuditRetention', 'change'], async (desk) => {
    const row = (await store.classes(desk)).find((each) => each.class === name);
    const before = row?.months ?? DEFAULT_MONTHS[name];
    if (before === months) return false;
    const ask = store.askOf(desk, 'retention', desk.log, retentionTerms(name, before, months));
    await store.setRetention(desk, name, months, months < before ? await store.confirmedTerms(desk, ask) : '');
    await desk.record(
      'audit.retention_changed@1',
      { type: 'audit-log', id: desk.log },
      { class: name, before, after: months },
    );
    return true;
  });

/** Sets a legal hold. Answers its id. */
export const setHold = (keeper: Keeper, { kind, target, from, to, reason }: HoldRequest): Promise<string> =>
  store.atDesk(keeper, ['AuditHold', 'set'], async (desk) => {
    const id = newId('hld');
    const of = kind === 'log' || kind === 'time' ? undefined : target;
    const range = kind === 'time' ? { from: dayOf(from), to: dayOf(to) } : { from: null, to: null };
    await store.setHold(desk, { id, kind, target: of ?? null, ...range, reason });
    await desk.record(
      'audit.hold_set@1',
      { type: 'audit-hold', id },
      {
        kind,
        from: range.from?.toISOString() ?? null,
        to: range.to?.toISOString() ?? null,
        reason,
        ...(of ? { target: of } : {}),
      },
    );
    return id;
  });

/**
 * Asks for the release of a hold, or, as another person than who asked, releases it. Answers which. Throws `hold.not_found`, `hold.own`,
 * `hold.released`, `authz.step_up_required`.
 */
export const releaseHold = (keeper: Keeper, id: string): Promise<'asked' | 'released'> =>
  store.atDesk(keeper, ['AuditHold', 'release'], async (desk) => {
    const hold = isId('hld', id) ? await store.findHold(desk, id) : null;
    if (!hold) throw retentionErrors('hold.not_found');
    if (hold.releasedAt) throw retentionErrors('hold.released');
    if (hold.releaseAskedById === desk.userId) throw retentionErrors('hold.own');
    const terms = await store.confirmedTerms(desk, store.askOf(desk, 'release', id, releaseTerms(hold)));
    const released = await store.releaseHold(desk, id, terms);
    const schema = released ? 'audit.hold_released@1' : 'audit.hold_release_asked@1';
    await desk.record(schema, { type: 'audit-hold', id }, { kind: hold.kind });
    return released ? 'released' : 'asked';
  });

/**
 * Proposes to prune records of these classes that were written before a day (UTC) and are past their period. Nothing goes before another person
 * approves. Throws `pruning.range`, `pruning.open`, `pruning.nothing`, `authz.step_up_required`.
 */
export const proposePruning = (keeper: Keeper, { classes, before }: PruneRequest): Promise<string> =>
  store.atDesk(keeper, ['AuditPruning', 'propose'], async (desk) => {
    const { signed } = await store.logOf(desk);
    if (signed === 0n) throw retentionErrors('pruning.range');
    const asked = { id: newId('prn'), classes, beforeAt: new Date(`${before}T00:00:00Z`), upTo: Number(signed) };
    // The end of the log moves with every confirmation, so it is no part of what is confirmed; the approval has it.
    const ask = store.askOf(desk, 'prune', desk.log, pruneTerms(asked).slice(0, 2));
    const expected = await store.proposePruning(desk, asked, await store.confirmedTerms(desk, ask));
    await desk.record('audit.pruning_proposed@1', pruningObject(asked.id), {
      ...inEvent(asked),
      expected,
    });
    return asked.id;
  });

/** As another person than who proposed it; control prunes from then on. Throws `pruning.not_found`, `pruning.own`, `pruning.decided`, `pruning.lapsed`, `authz.step_up_required`. */
export const approvePruning = (keeper: Keeper, id: string): Promise<void> =>
  store.atDesk(keeper, ['AuditPruning', 'approve'], async (desk) => {
    const pruning = isId('prn', id) ? await store.findPruning(desk, id) : null;
    if (!pruning) throw retentionErrors('pruning.not_found');
    if (pruning.state !== 'proposed') throw retentionErrors('pruning.decided');
    if (pruning.proposedById === desk.userId) throw retentionErrors('pruning.own');
    const words = { ...pruning, upTo: Number(pruning.upTo), expected: Number(pruning.expected) };
    const terms = await store.confirmedTerms(desk, store.askOf(desk, 'approve', id, approveTerms(words)));
    await store.approvePruning(desk, id, terms);
    await desk.record('audit.pruning_approved@1', pruningObject(id), {
      ...inEvent(words),
      expected: words.expected,
    });
  });

/** Takes a proposal back, or stops a pruning under way. Throws `pruning.not_found`, `pruning.decided`. */
export const withdrawPruning = (keeper: Keeper, id: string): Promise<void> =>
  store.atDesk(keeper, ['AuditPruning', 'withdraw'], async (desk) => {
    if (!isId('prn', id) || !(await store.findPruning(desk, id))) throw retentionErrors('pruning.not_found');
    const pruned = await store.withdrawPruning(desk, id);
    await desk.record('audit.pruning_withdrawn@1', pruningObject(id), { pruned });
  });

const dayOf = (day: string | undefined): Date => new Date(`${day}T00:00:00Z`);
const pruningObject = (id: string) => ({ type: 'audit-pruning', id });
const inEvent = ({ classes, beforeAt, upTo }: { classes: string[]; beforeAt: Date; upTo: number }) => ({
  classes,
  before: beforeAt.toISOString(),
  upTo,
});
