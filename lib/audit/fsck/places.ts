import type { Findings } from './faults';
import { type Position, type Queryable, readPlaces } from './store';

const AT_ONCE = 16_384;
const START: Position = { xid: '0', eventId: '00000000-0000-0000-0000-000000000000' };

/** Every event up to the cursor has exactly one place. That it is the right one, the logs themselves show. */
export async function checkPlaces(
  db: Queryable,
  upTo: Position,
  log: string | undefined,
  findings: Findings,
  step: () => void | Promise<void>,
): Promise<void> {
  for (let above = START; ; ) {
    const page = await readPlaces(db, { above, upTo, log, limit: AT_ONCE });
    for (const { eventId, organisationId, places } of page)
      if (places !== 1)
        findings.add({ code: 'places', log: organisationId ?? 'provider', eventId, detail: `it has ${places} places` });
    const last = page.at(-1);
    if (!last || page.length < AT_ONCE) return;
    above = last;
    await step();
  }
}
