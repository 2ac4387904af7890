import type { z } from 'zod';
import { type Caller, inProject } from '@/lib/authz';
import { newUuid } from '@/lib/platform';
import { lastChange, publishProject } from '@/lib/policy';
import { projectErrors } from './errors';
import { environmentCan, projectCan, type Verdict } from './rules';
import {
  setEnvironment as environmentInput,
  setMode as modeInput,
  renameProject as renameInput,
  type TokenPolicy,
  tokenPolicy,
} from './schemas';
import * as store from './store';
import { environmentTerms, modeTerms } from './terms';

/** A setting that already has the wanted value is no change: it answers the last one's number, and is neither published nor recorded. */
function demand(verdict: Verdict): void {
  if (!verdict.allowed) throw projectErrors('project.state', { why: verdict.why });
}
const about = (id: string) => ({ object: { type: 'project', id }, projectId: id });

export async function renameProject(
  caller: Caller,
  projectId: string,
  input: z.input<typeof renameInput>,
): Promise<{ seq: number }> {
  const { name } = renameInput.parse(input);
  return inProject(
    caller,
    projectId,
    ['Project', 'rename'],
    async (tx, { record }, row) => {
      const project = store.toProject(row);
      demand(projectCan('change', project));
      if (project.name === name) return { seq: await lastChange(tx, 'project', project.appId) };
      await store.updateProject(tx, projectId, { name });
      const seq = await publishProject(tx, projectId, ['project']);
      await record('project.renamed@1', about(projectId), { before: project.name, after: name });
      return { seq };
    },
    { change: true },
  );
}

/** Step-up `project.environment` on the project. Throws `project.state`. */
export async function setEnvironment(
  caller: Caller,
  projectId: string,
  input: z.input<typeof environmentInput>,
): Promise<{ seq: number }> {
  const { environment } = environmentInput.parse(input);
  return inProject(
    caller,
    projectId,
    ['Project', 'change-environment'],
    async (tx, { record, stepUp }, row) => {
      const project = store.toProject(row);
      demand(environmentCan(environment, project));
      if (project.environment === environment) return { seq: await lastChange(tx, 'project', project.appId) };
      await stepUp({
        action: 'project.environment',
        object: projectId,
        terms: environmentTerms(project, environment),
      });
      await store.updateProject(tx, projectId, { environment });
      const seq = await publishProject(tx, projectId, ['project']);
      await record('project.environment_changed@1', about(projectId), {
        before: project.environment,
        after: environment,
        seq,
      });
      return { seq };
    },
    { change: true },
  );
}

/** Whether joins need a token. Production always does. Step-up `project.mode` on the project. Throws `project.state`. */
export async function setMode(
  caller: Caller,
  projectId: string,
  input: z.input<typeof modeInput>,
): Promise<{ seq: number }> {
  const { mode } = modeInput.parse(input);
  return inProject(
    caller,
    projectId,
    ['Project', 'change-mode'],
    async (tx, { record, stepUp }, row) => {
      const project = store.toProject(row);
      demand(projectCan(mode === 'app-id' ? 'open' : 'change', project));
      if (project.mode === mode) return { seq: await lastChange(tx, 'project', project.appId) };
      await stepUp({ action: 'project.mode', object: projectId, terms: modeTerms(project, mode) });
      await store.updateProject(tx, projectId, { mode });
      const seq = await publishProject(tx, projectId, ['project']);
      await record('project.mode_changed@1', about(projectId), { before: project.mode, after: mode, seq });
      return { seq };
    },
    { change: true },
  );
}

/** How long tokens may live, which wildcards and versions are accepted, and how long edges may go on without contact. What is left out stays. */
export async function setTokenPolicy(
  caller: Caller,
  projectId: string,
  input: Partial<z.input<typeof tokenPolicy>>,
): Promise<{ seq: number }> {
  const change = tokenPolicy.partial().parse(input);
  return inProject(
    caller,
    projectId,
    ['Project', 'change-token-policy'],
    async (tx, { record }, row) => {
      const project = store.toProject(row);
      demand(projectCan('change', project));
      const wanted = { ...project.tokenPolicy, ...change };
      const [before, after] = [split(project.tokenPolicy), split(wanted)];
      const rules = JSON.stringify(before.rules) !== JSON.stringify(after.rules);
      const staleness = before.staleness !== after.staleness;
      if (!rules && !staleness) return { seq: await lastChange(tx, 'tokenPolicy', project.appId) };
      await store.updateProject(tx, projectId, { tokenPolicy: wanted });
      const seq = await publishProject(tx, projectId, [
        ...(rules ? ['tokenPolicy' as const] : []),
        ...(staleness ? ['staleness' as const] : []),
      ]);
      const act = { ...about(projectId), actId: newUuid() };
      if (rules) await record('project.token_policy_changed@1', act, { before: before.rules, after: after.rules, seq });
      if (staleness)
        await record('project.staleness_changed@1', act, { before: before.staleness, after: after.staleness, seq });
      return { seq };
    },
    { change: true },
  );
}

/** Two resources and two events: what tokens must look like, and how long an edge may go on alone. Members in one order. */
function split({
  stalenessSeconds,
  maxLifetimeSeconds,
  wildcardChannel,
  wildcardUser,
  legacy006,
  clockSkewSeconds,
}: TokenPolicy) {
  return {
    staleness: stalenessSeconds,
    rules: { maxLifetimeSeconds, wildcardChannel, wildcardUser, legacy006, clockSkewSeconds },
  };
}
