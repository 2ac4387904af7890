import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProject } from '@/lib/projects';
import { openWorld, type World } from '../contract/world';
import type { Answer } from './ask';
import { refusals } from './refusals';
import { countWrites } from './unchanged';
import type { WalkWorld } from './world';

/** What the walk rests on: whatever a door writes is noticed, once it is committed, whoever wrote it. */
let world: World;
beforeAll(async () => {
  world = await openWorld();
  await countWrites(world);
});
afterAll(() => world?.stop());

const project = () => createProject(world.owner, { name: 'New', environment: 'development', fence: ['EU'] });
const update = (set: string) => world.sql(`update "User" set ${set} where "id" = $1`, [world.stranger.userId]);

it.each<[string, () => Promise<unknown>, string[]]>([
  ['nothing', async () => undefined, []],
  ['an act of the console', project, ['Certificate', 'PolicyHead', 'PolicyResource', 'Project']],
  ['a row that is as it was', () => update('"name" = "name"'), []],
  ['another value', () => update(`"name" = 'Other'`), ['User']],
  [
    'a row past every trigger',
    () =>
      world.sql(`set session_replication_role = 'replica'; delete from "StepUp"; update "User" set "name" = 'Past'`),
    ['User'],
  ],
  ['an act that is rolled back', () => world.sql('begin; delete from "Session"; rollback'), []],
  ['that somebody was seen', () => world.sql(`update "Session" set "lastSeenAt" = now()`), []],
])('a refusal that writes %s', async (_, ask, tables) => {
  const answer: Answer = { status: 403, headers: {}, setCookies: [], body: '', to: null, answered: null };
  const question = { door: 'door', who: 'somebody', private: [], mayAnswer: true };
  const wrong = await refusals(world as unknown as WalkWorld, [
    { ...question, ask: () => ask().then(() => answer) },
    { ...question, ask: async () => answer },
  ]);
  const changes = wrong.filter((text) => text.includes('changed')).map((text) => text.split(' ').at(-1));
  expect(changes.sort()).toEqual(tables);
  expect(wrong.some((text) => text.includes('was recorded as done'))).toBe(ask === project);
});
