import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseStatement } from '@/lib/kernel/act';
import { askOf, openWorld, outcome, type Person, type World } from '@/test/attacks/identity-world';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

let world: World;
let owner: Person;
let developer: Person;
let log: typeof import('.');
let projectId: string;
/** A confirmation in the organisation's log, and one of an administrator in the provider's. */
let ours: string;
let providers: string;

const as = (person: Person) => ({
  kind: 'member' as const,
  secret: person.secret,
  organisationId: world.organisationId,
  source: { addressPrefix: '192.0.2.0/24', userAgent: 'test' },
});

interface Event {
  id: string;
  organisationId: string | null;
  header: Record<string, unknown>;
}
/** Newest first. */
const events = async (schema: string): Promise<Event[]> =>
  (await world.sql(
    `select "id", "organisationId", convert_from("header", 'UTF8')::jsonb as header from "AuditEvent" where "schema" = $1
     order by "at" desc, "id" desc`,
    [schema],
  )) as unknown as Event[];
const exports = () => events('audit.exported@1');

/** Confirms a freeze that is then never done; gives the event. */
async function confirmed(person: Person, reason: string): Promise<string> {
  const { freezeProject } = await import('@/lib/projects');
  await world.confirm(person, person.secret, await askOf(freezeProject(as(owner), projectId, { reason })));
  return (await events('step-up@2'))[0]!.id;
}

beforeAll(async () => {
  world = await openWorld();
  developer = await world.newcomer();
  owner = await world.addPasskey(world.owner);
  log = await import('.');
  const { createProject } = await import('@/lib/projects');
  const made = await createProject(as(owner), { name: 'Consult', environment: 'production', fence: ['EU'] });
  projectId = made.project.id;
  ours = await confirmed(owner, 'moved to another account');
  const { expectEdge } = await import('@/lib/fleet');
  const { secret } = world.administrator;
  await world.confirm(world.administrator, secret, await askOf(expectEdge(secret, { name: 'eu-1', region: 'EU' })));
  providers = (await events('step-up@2'))[0]!.id;
});
afterAll(() => world?.stop());

describe('evidence of a confirmation', () => {
  it('is a file that anybody checks with the keyring’s own code: these words, by this key', async () => {
    const file = await log.exportEvidence(as(owner), ours);
    expect(file.name).toBe(`cordon-act-${ours}.json`);
    const { statement, evidence } = JSON.parse(file.text);
    expect(parseStatement(statement)).toMatchObject({
      action: 'project.freeze',
      object: projectId,
      user: owner.userId,
    });
    expect(parseStatement(statement)!.terms).toContainEqual(['Reason', 'moved to another account']);
    const { verifyAssertion } = await import('@/lib/keyring/assertion');
    expect(await verifyAssertion({ ...evidence, statement, counter: 0 })).toMatchObject({ good: true });
    const other = statement.replace('moved to', 'stolen by');
    expect(await verifyAssertion({ ...evidence, statement: other, counter: 0 })).toMatchObject({ good: false });
  });

  it('leaves an event each time it is taken out, with where from', async () => {
    const before = await exports();
    await log.exportEvidence(as(owner), ours);
    const after = await exports();
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]).toMatchObject({
      organisationId: world.organisationId,
      header: {
        objectType: 'audit-event',
        objectId: ours,
        details: { filters: ['event'], count: 1, format: 'act-evidence' },
      },
    });
  });

  it('is not found in another log, for another event, or for no event at all, and nothing is recorded then', async () => {
    const [other] = await events('project.created@1');
    const before = await exports();
    for (const id of [providers, other!.id, 'x', '00000000-0000-7000-8000-000000000000'])
      expect(await outcome(log.exportEvidence(as(owner), id)), id).toBe('evidence.not_found');
    expect(await outcome(log.exportProviderEvidence(world.administrator.secret, ours))).toBe('evidence.not_found');
    expect(await exports()).toEqual(before);
  });

  it('is for roles that may export, in each realm its own', async () => {
    expect(await outcome(log.exportEvidence(as(developer), ours))).toBe('authz.forbidden');
    const file = await log.exportProviderEvidence(world.administrator.secret, providers);
    expect(parseStatement(JSON.parse(file.text).statement)).toMatchObject({ realm: 'staff', action: 'edge.enrol' });
    expect((await exports())[0]).toMatchObject({ organisationId: null, header: { objectId: providers } });
    const support = await world.endorsed(await world.employee('support'));
    expect(await outcome(log.exportProviderEvidence(support.secret, providers))).toBe('evidence.not_found');
  });

  it('does not exist for a code', async () => {
    const id = await confirmed({ ...owner, passkey: null }, 'confirmed with a code');
    expect(await outcome(log.exportEvidence(as(owner), id))).toBe('evidence.not_found');
  });

  it('is gone once its words are erased', async () => {
    const id = await confirmed(owner, 'to be erased');
    await world.destroyKeysOf(`${world.organisationId}/${owner.userId}`);
    expect(await outcome(log.exportEvidence(as(owner), id))).toBe('evidence.not_found');
  });
});
