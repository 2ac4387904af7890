/**
 * What an employee has to have before they may have access to production: the general training of the year, the additional one for authorised
 * employees, the confidentiality agreement signed with their passkey, a passkey that cannot leave its device, and a record of who employs them
 * and where. Each expires by itself. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { createHash } from 'node:crypto';
import { inStaff, type StaffCaller, type Tx } from '@/lib/authz';
import { newId, systemClock } from '@/lib/platform';
import { errors } from './errors';
import { readiness } from './rules';
import type { NewPlace, NewTraining, Readiness, RecordsThen, TrainingView } from './schemas';
import * as store from './store';

export { errors as trainingErrors } from './errors';

/** Both courses count for a year. */
const COUNTS_MS = 365 * 86_400_000;

/** Whether somebody may have access now, as far as their records say. For other capabilities, in the transaction of their act. */
export async function readinessOf(tx: Tx, userId: string): Promise<Readiness> {
  return readiness((await store.heldBy(tx, [userId])).get(userId)!, systemClock.now());
}

/** What somebody's records said at a moment: courses that counted, and the agreement. For other capabilities, in the transaction of their act. */
export const recordsAt = (tx: Tx, userId: string, at: Date): Promise<RecordsThen> => store.heldAt(tx, userId, at);

/** Records a course of somebody else. Throws `training.person`, `training.own`, `training.completed`. */
export const recordTraining = (
  caller: StaffCaller,
  { person, course, completed, evidence }: NewTraining,
): Promise<void> =>
  inStaff(caller, ['Training', 'record'], async (desk) => {
    if (!(await store.isEmployee(desk, person))) throw errors('training.person');
    if (person === desk.userId) throw errors('training.own');
    const completedAt = new Date(`${completed}T00:00:00Z`);
    const expiresAt = new Date(completedAt.getTime() + COUNTS_MS);
    const now = systemClock.now();
    if (completedAt.getTime() > now || expiresAt.getTime() <= now)
      throw errors('training.completed', { field: 'completed' });
    const id = newId('trn');
    await store.insertTraining(desk, { id, userId: person, course, completedAt, expiresAt, evidence });
    await desk.record(
      'training.recorded@1',
      { object: { type: 'training', id }, subject: person },
      { course, completed: completedAt.toISOString(), expires: expiresAt.toISOString(), employee: person, evidence },
    );
  });

/** Publishes the next version; signatures of the ones before no longer count. Throws `agreement.same`. */
export const publishAgreement = (
  caller: StaffCaller,
  { text, months }: { text: string; months: number },
): Promise<number> =>
  inStaff(caller, ['Agreement', 'publish'], async (desk) => {
    const before = await store.newestAgreement(desk.tx);
    if (before?.text === text && before.months === months) throw errors('agreement.same');
    const version = await store.insertAgreement(desk, text, months);
    await desk.record(
      'agreement.published@1',
      { object: { type: 'agreement', id: String(version) } },
      {
        ...{ version, months },
        sha256: sha256(text),
      },
    );
    return version;
  });

/** Signs the agreement in force, with one's passkey. Throws `agreement.none`, `agreement.version`, `authz.step_up_required`. */
export const signAgreement = (caller: StaffCaller, version: number): Promise<Date> =>
  inStaff(caller, ['AgreementSignature', 'sign'], async (desk) => {
    const agreement = await store.newestAgreement(desk.tx);
    if (!agreement) throw errors('agreement.none');
    if (agreement.version !== version) throw errors('agreement.version');
    const { text, months } = agreement;
    await desk.stepUp({
      action: 'agreement.sign',
      object: `agreement-${version}`,
      version: String(version),
      terms: [
        ['Agreement', `version ${version}`],
        ['SHA-256 of its text', sha256(text)],
        ['Holds for', `${months} months`],
      ],
    });
    const until = await store.insertSignature(desk, version, months);
    await desk.record(
      'agreement.signed@1',
      { object: { type: 'agreement', id: String(version) } },
      {
        version,
        expires: until.toISOString(),
      },
    );
    return until;
  });

/** Records who employs somebody, and where: customers are told when that person asks for access. Throws `training.person`. */
export const recordPlace = (caller: StaffCaller, place: NewPlace): Promise<void> =>
  inStaff(caller, ['EmployeePlace', 'record'], async (desk) => {
    const { person, employer, country } = place;
    if (!(await store.isEmployee(desk, person))) throw errors('training.person');
    await store.putPlace(desk, place);
    await desk.record(
      'employee.place_recorded@1',
      { object: { type: 'employee', id: person }, subject: person },
      { employer, country, employee: person },
    );
  });

/** What a page shows of it. Any member of staff. */
export const readTraining = (caller: StaffCaller): Promise<TrainingView> =>
  inStaff(caller, ['Training', 'read'], async (desk) => {
    const people = await store.people(desk);
    const held = await store.heldBy(
      desk.tx,
      people.map(({ id }) => id),
    );
    const agreement = await store.newestAgreement(desk.tx);
    const now = systemClock.now();
    const records = people.map(({ id, name, status }) => ({
      ...{ id, name },
      active: status === 'active',
      readiness: readiness(held.get(id)!, now),
    }));
    return {
      people: records,
      agreement: agreement && {
        version: agreement.version,
        text: agreement.text,
        months: agreement.months,
        publishedAt: agreement.publishedAt.toISOString(),
      },
      own: records.find(({ id }) => id === desk.userId)!.readiness,
    };
  });

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
