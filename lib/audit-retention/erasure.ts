import { forgetSubjectKeys, keeperOf, pseudonym } from '@/lib/audit';
import { askDigest, type Need, stepUpRequired } from '@/lib/authz';
import { KeyringError, keyring } from '@/lib/keyring';
import { isId, newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { retentionErrors } from './errors';
import type { ErasureOutlook } from './schemas';
import * as store from './store';
import { eraseTerms } from './terms';

const NEED: Need = ['AuditErasure', 'erase'];

/** What erasing a person would do in the log. Throws `erasure.subject`. */
export const erasureOutlook = (keeper: store.Keeper, person: string): Promise<ErasureOutlook> =>
  store.atDesk(keeper, NEED, async (desk) => {
    demandPerson(person);
    return { person, pseudonym: nameOf(desk, person), ...(await store.outlook(desk, person)) };
  });

/**
 * Erases a person's values in the log, for good: member, former member, or anybody whose values stand there. Answers in how many records.
 *
 * The database's part stands uncommitted while the keyring destroys the keys, and commits after it. Before that nothing has happened;
 * afterwards nothing can be read, whether or not the commit comes: the rows of a try that was cut off are found by the next one.
 *
 * Throws `erasure.subject`, `erasure.not_found`, `erasure.held` (saying which holds), `authz.step_up_required`, `keyring.unavailable`.
 */
export async function erasePerson(keeper: store.Keeper, person: string): Promise<number> {
  let spent: ReturnType<typeof store.askOf> | null = null;
  try {
    return await store.atDesk(keeper, NEED, async (desk) => {
      demandPerson(person);
      const { log, organisationId, userId, sessionId } = desk;
      const { events, holds } = await store.outlook(desk, person);
      if (holds.length > 0) throw retentionErrors('erasure.held', { why: `Holds: ${holds.join(', ')}.` });
      if (events === 0) throw retentionErrors('erasure.not_found');
      const subject = keeperOf(person, organisationId);
      const ask = store.askOf(desk, 'erase', subject, eraseTerms(log, person, nameOf(desk, person)));
      const terms = await store.confirmedTerms(desk, ask);
      const id = newId('ers');
      const begun = await store.beginErasure(desk, id, person, terms);
      await desk.record(
        'audit.subject_erased@1',
        { type: 'person', id: nameOf(desk, person) },
        { events: begun.events, keys: begun.keyIds },
      );
      const purpose = { sessionId, userId, action: ask.action, object: subject, terms: askDigest(ask) };
      spent = ask;
      const { destroyed } = await keyring().call('audit.erase', { subject, ticket: begun.ticket, purpose });
      forgetSubjectKeys();
      await store.noteDestroyedKeys(desk, id, destroyed);
      return begun.events;
    });
  } catch (error) {
    // Used up by a try that was cut off after it.
    if (!spent || !(error instanceof KeyringError) || error.refusal !== 'ticket.refused') throw error;
    await store.discardStepUp(keeper, NEED, spent);
    throw stepUpRequired(spent);
  }
}

function demandPerson(person: string): void {
  if (!isId('usr', person)) throw retentionErrors('erasure.subject');
}

const nameOf = ({ organisationId }: store.Desk, person: string): string =>
  pseudonym(organisationId === null ? 'staff' : 'member', person, organisationId, primitives);
