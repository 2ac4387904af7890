import 'server-only';
import type { StaffCaller, StaffDesk } from '@/lib/authz';
import { committeeStanding, designated, designatedFor } from '@/lib/committee';
import {
  customersText,
  customerTerms,
  employeeOf,
  GRANT_LIMITS,
  type GrantTerms,
  grantTerms,
  readGrantTerms,
} from '@/lib/kernel/grant';
import { isId, newUuid, systemClock, uuidTime } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { readinessOf } from '@/lib/training';
import { inAccess } from '../desk';
import { errors } from '../errors';
import { standingOf, standingsOf } from '../ledger';
import { tellApprovers } from '../on-call';
import { decideBy, needsOf, type Part, partOf, refusals, type Say, saysOf, sharesOf, targetsOf } from '../rules';
import type { AskInput, PolicyView, TargetTerms } from '../schemas';
import * as eligibility from '../targets/store';
import * as store from './store';

/** How old a form may be: the time to decide counts from when it was opened, so that what is signed is known beforehand. */
const FORM_MS = 30 * 60_000;

type Wanted = Omit<AskInput, 'request' | 'policy' | 'kind'> & { kind: GrantTerms['kind']; extends: string | null };

/**
 * Asks for access, or opens it without approval in an emergency. What is asked for never changes afterwards. Throws `grant.not_ready`,
 * `grant.not_designated`, `grant.not_eligible`, `grant.locked`, `grant.lockbox`, `grant.review_overdue`, `grant.stale`, `grant.terms`,
 * `grant.customers`, `grant.keyring`, `authz.step_up_required`.
 */
export const askForAccess = (caller: StaffCaller, input: AskInput): Promise<void> =>
  inAccess(caller, ['AccessRequest', 'create'], input.request, async (desk) => {
    const policy = isId('elp', input.policy) ? await eligibility.policy(desk, input.policy) : null;
    if (!policy) throw errors('grant.not_found');
    await ask(desk, input.request, policy, { ...input, extends: null });
  });

/** Asks for more time on a grant that runs: for the same, in the same terms, agreed to anew. Throws as above, and `grant.not_active`. */
export const askForExtension = (
  caller: StaffCaller,
  input: { request: string; extends: string; minutes: number; reason: string },
): Promise<void> =>
  inAccess(caller, ['AccessRequest', 'create'], input.request, async (desk) => {
    const base = isId('grt', input.extends) ? await store.find(desk, input.extends) : null;
    const terms = base && readGrantTerms(base.terms);
    if (!terms) throw errors('grant.not_found');
    if (base.personId !== desk.userId) throw errors('grant.not_yours');
    if ((await standingOf(base.id)).state !== 'active') throw errors('grant.not_active');
    const policy = await eligibility.policy(desk, terms.policy.split('@', 1)[0]!);
    if (!policy) throw errors('grant.not_found');
    const { targets, command, files, purpose, ticket } = terms;
    const { minutes, reason } = input;
    const same = { targets: [...targets], command, files, purpose, ticket };
    await ask(desk, input.request, policy, {
      ...same,
      kind: 'extension',
      extends: base.id,
      minutes,
      reason,
      startsAt: null,
    });
  });

async function ask(desk: StaffDesk, id: string, policy: PolicyView, wanted: Wanted): Promise<void> {
  const now = systemClock.now();
  if (!isId('grt', id) || uuidTime(id) > now + 60_000 || uuidTime(id) < now - FORM_MS) throw errors('grant.stale');
  const { place, standing } = await demandReady(desk, wanted.kind, now);
  const targets = await demandEligible(desk, policy, wanted);
  await demandUnlocked(desk, wanted.targets);
  await demandReviewed(desk, now);
  const concerned = await concernedBy(desk, targets);
  const says = saysOf(concerned);
  const parts = new Map(says.map((say) => [say.organisationId, partOf(say, wanted.kind)]));
  if ([...parts.values()].includes('refused')) throw errors('grant.lockbox');

  const homes = homesOf(concerned);
  const asked = termsOf(desk.userId, policy, wanted, { says, targets, homes, askedAt: uuidTime(id) });
  const terms = grantTerms(asked);
  await desk.stepUp({ action: 'grant.request', object: id, terms });
  const described = await standingOf(id);
  const actId = newUuid(now);
  const organisations = says.map(({ organisationId }) => organisationId);
  await store.insert(desk, { id, terms, asked, organisations });
  await project(desk, { id, actId, asked, says, parts, targets, homes, place });
  await store.note(desk.tx, described);
  if (wanted.kind === 'break-glass') await tellPassedOver(desk, { id, asked, standing, now });
  else await tellApprovers(desk, { id, actId, asked, standing, now, escalateMinutes: policy.escalateMinutes });
  for (const [organisation, part] of parts)
    await store.tell(
      desk.tx,
      id,
      TOLD[part as Exclude<Part, 'refused'>],
      { organisations: [organisation] },
      {
        ...{ targets: lineOf(targetsOf(targets, homes, organisation)), request: id },
      },
    );
}

/** What the person has to have, now. The ledger looks at the designation itself; the rest is the database's to say. */
async function demandReady(desk: StaffDesk, kind: Wanted['kind'], now: number) {
  const { missing, place } = await readinessOf(desk.tx, desk.userId);
  if (missing.length > 0 || !place) throw errors('grant.not_ready', { why: `Missing: ${missing.join('; ')}.` });
  const standing = await committeeStanding();
  const as = kind === 'break-glass' ? 'break-glass' : 'authorised employee';
  if (!designated(standing, desk.userId, as, now)) throw errors('grant.not_designated', { why: `Designation: ${as}.` });
  return { place, standing };
}

async function demandEligible(desk: StaffDesk, policy: PolicyView, wanted: Wanted): Promise<TargetTerms[]> {
  const targets = await eligibility.targets(desk, wanted.targets);
  if (targets.length < wanted.targets.length) throw errors('grant.not_found');
  const { kind, minutes, ticket, files } = wanted;
  const against = refusals(policy, { kind, role: desk.role, targets, minutes, ticket, files });
  if (against.length > 0) throw errors('grant.not_eligible', { why: against.join(' ') });
  return targets;
}

export async function demandUnlocked(desk: StaffDesk, targets: readonly string[]): Promise<void> {
  const [lock] = await store.locksOn(desk, targets);
  if (lock) throw errors('grant.locked', { why: `Lock on ${lock.kind}: ${lock.reason}` });
}

/** A break-glass that two others have not looked at in time closes the way to anything new. */
async function demandReviewed(desk: StaffDesk, now: number): Promise<void> {
  const mine = await store.breakGlassOf(desk, desk.userId);
  if (mine.length === 0) return;
  const described = await standingsOf(mine.map(({ id }) => id));
  const overdue = [...described.values()].some(({ reviewDue }) => reviewDue !== null && reviewDue * 1000 < now);
  if (overdue) throw errors('grant.review_overdue');
}

/** What every project says whose data the targets hold. */
function concernedBy(desk: StaffDesk, targets: readonly TargetTerms[]) {
  const organisations = targets.filter(({ id }) => id.startsWith('host:')).flatMap((target) => target.organisations);
  const apps = targets.filter(({ id }) => id.startsWith('app:')).map(({ id }) => id.slice('app:'.length));
  return store.lockboxes(desk, [...new Set(organisations)], apps);
}

function termsOf(
  person: string,
  policy: PolicyView,
  wanted: Wanted,
  { says, targets: reach, homes, askedAt }: Pick<Asked, 'says' | 'targets' | 'homes'> & { askedAt: number },
): GrantTerms {
  const { kind, targets, command, files, purpose, reason, ticket, startsAt, minutes } = wanted;
  const approvals = needsOf(policy, says, kind);
  // In the order asked for, which is the order that is signed.
  const inOrder = targets.map((target) => reach.find((one) => one.id === target)!);
  const terms: GrantTerms = {
    ...{ kind, extends: wanted.extends, person, targets, command, files, purpose, reason, ticket, startsAt, minutes },
    decideBy: decideBy(askedAt, policy, says, kind),
    approvals,
    customers: sharesOf(approvals, inOrder, homes),
    denials: policy.denials,
    policy: `${policy.id}@${policy.version}`,
  };
  const { needs, customers } = GRANT_LIMITS;
  if (approvals.length > needs || customersText(terms.customers).length > customers) throw errors('grant.customers');
  try {
    grantTerms(terms);
    return terms;
  } catch (error) {
    if (error instanceof RangeError) throw errors('grant.terms', { cause: error });
    throw error;
  }
}

interface Asked {
  id: string;
  actId: string;
  asked: GrantTerms;
  says: readonly Say[];
  parts: ReadonlyMap<string, Part>;
  targets: readonly TargetTerms[];
  /** By App ID, whose project it is. */
  homes: ReadonlyMap<string, string>;
  place: { employer: string; country: string };
}

const homesOf = (concerned: readonly { appId: string | null; organisationId: string }[]): ReadonlyMap<string, string> =>
  new Map(concerned.flatMap(({ appId, organisationId }) => (appId ? [[`app:${appId}`, organisationId] as const] : [])));

/** The provider's event, and for each concerned organisation its row and its event: of itself, and under the id the employee has there. */
async function project(
  desk: StaffDesk,
  { id, actId, asked, says, parts, targets, homes, place }: Asked,
): Promise<void> {
  const { kind, purpose, reason, ticket, command, minutes } = asked;
  const object = { type: 'access-request', id };
  const organisations = says.map(({ organisationId }) => organisationId);
  await desk.record(
    'grant.requested@1',
    { object, actId, subject: desk.userId },
    {
      ...{ kind, targets: [...asked.targets], minutes, purpose, policy: asked.policy, organisations, reason },
      ...(ticket ? { ticket } : {}),
      ...(command ? { command } : {}),
    },
  );
  for (const { organisationId, projects } of says) {
    const mode = parts.get(organisationId) as Exclude<Part, 'refused'>;
    // What else is asked for in the same request is others' business.
    const own = targetsOf(targets, homes, organisationId);
    const dataClasses = [...new Set(own.flatMap((target) => target.dataClasses))].sort();
    const staffId = employeeOf(organisationId, desk.userId, primitives);
    const names = own.map((target) => target.id);
    await store.insertProjection(
      desk,
      { ...{ requestId: id, organisationId, staffId, ...place, mode }, targets: names, projects, dataClasses },
      asked,
      mode === 'approve' ? customerTerms(asked, organisationId, primitives) : null,
    );
    await desk.record(
      'provider_access.requested@1',
      { object, actId, organisation: { id: organisationId, alias: staffId } },
      {
        ...{ staff: staffId, ...place, kind, mode, purpose, targets: names, dataClasses, minutes, reason },
        answerBy: new Date(asked.decideBy * 1000).toISOString(),
        ...(ticket ? { ticket } : {}),
      },
    );
  }
}

const TOLD = { approve: 'grant.asked', notify: 'grant.told', 'break-glass': 'grant.break-glass' } as const;
const lineOf = (targets: readonly TargetTerms[]): string =>
  targets
    .map(({ id }) => id)
    .join(', ')
    .slice(0, 120);

/** In an emergency: everybody who was passed over, and who is to look at it afterwards. */
async function tellPassedOver(
  desk: StaffDesk,
  {
    id,
    asked,
    standing,
    now,
  }: Pick<Asked, 'id' | 'asked'> & {
    standing: Parameters<typeof designatedFor>[0];
    now: number;
  },
): Promise<void> {
  const fields = { targets: asked.targets.join(', ').slice(0, 120), request: id };
  const security = designatedFor(standing, 'security approver', now);
  const onCall = designatedFor(standing, 'on-call approver', now);
  const others = (people: readonly string[]) => [...new Set(people)].filter((person) => person !== desk.userId);
  const everybody = others([...security, ...onCall, ...standing.members]);
  await store.tell(desk.tx, id, 'grant.break-glass', { people: everybody }, fields);
  await store.tell(desk.tx, id, 'grant.review', { people: others(security) }, fields);
}
