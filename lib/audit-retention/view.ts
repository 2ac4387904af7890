import { CLASSES } from '@/lib/audit';
import type { ClassView, HoldView, KeepingView, Person, PruningView } from './schemas';
import * as store from './store';

/** What is kept of a log, as a page shows it. */
export async function keepingView(desk: store.Desk): Promise<KeepingView> {
  const classes = await store.classes(desk);
  const [holds, prunings, erasures] = [await store.holds(desk), await store.prunings(desk), await store.erasures(desk)];
  const log = await store.logOf(desk);
  const people = [
    ...holds.flatMap(({ setById, releaseAskedById, releasedById }) => [setById, releaseAskedById, releasedById]),
    ...prunings.flatMap(({ proposedById, approvedById }) => [proposedById, approvedById]),
    ...erasures.map(({ erasedById }) => erasedById),
  ].filter((id) => id !== null);
  const names = await store.namesOf(desk, [...new Set(people)]);
  const person = (id: string): Person => ({ id, name: names.get(id) ?? null });
  const maybe = (id: string | null): Person | null => (id === null ? null : person(id));
  return {
    log: desk.log,
    classes: classes.map(classView).sort((a, b) => CLASSES.indexOf(a.class) - CLASSES.indexOf(b.class)),
    holds: holds.map((row): HoldView => {
      const { id, kind, target, reason } = row;
      return {
        id,
        kind,
        target,
        reason,
        from: iso(row.fromAt),
        to: iso(row.toAt),
        setBy: person(row.setById),
        setAt: row.setAt.toISOString(),
        askedBy: maybe(row.releaseAskedById),
        askedAt: iso(row.releaseAskedAt),
        releasedBy: maybe(row.releasedById),
        releasedAt: iso(row.releasedAt),
      };
    }),
    prunings: prunings.map((row): PruningView => {
      const { id, state, classes: of } = row;
      return {
        id,
        state,
        classes: of,
        before: row.beforeAt.toISOString(),
        upTo: Number(row.upTo),
        expected: Number(row.expected),
        proposedBy: person(row.proposedById),
        proposedAt: row.proposedAt.toISOString(),
        approvedBy: maybe(row.approvedById),
        approvedAt: iso(row.approvedAt),
        pruned: Number(row.pruned),
        held: Number(row.held),
        finishedAt: iso(row.finishedAt),
      };
    }),
    erasures: erasures.map(({ id, person: of, events, erasedById, erasedAt }) => ({
      id,
      person: of,
      events: Number(events),
      erasedBy: person(erasedById),
      erasedAt: erasedAt.toISOString(),
    })),
    pruned: { minimum: Number(log.minimum), later: Number(log.later) },
    size: Number(log.signed),
    reader: desk.userId,
  };
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const classView = ({ class: name, months, changed_at, oldest, events, past, held }: store.ClassRow): ClassView => ({
  class: name,
  months,
  changedAt: iso(changed_at),
  oldest: iso(oldest),
  events: Number(events),
  past: Number(past),
  held: Number(held),
});
