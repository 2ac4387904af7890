import type { ProjectResource } from '../bundle/resources';
import { type Refusal, refuse, refuseRegion } from './deny';
import { DEFAULT_STALENESS } from './policy-defaults';
import type { AppPolicy } from './policy-index';
import type { World } from './world';

/** The steps that need no token: is the project here, is the policy fresh, may this edge serve it. */

export function projectRefused(project: ProjectResource | undefined): Refusal | null {
  if (project?.status === 'frozen') return refuse('project.frozen');
  if (project?.status === 'archived') return refuse('project.archived');
  return null;
}

/** New joins stop when the lease ran out longer ago than the project allows. `now` in Unix milliseconds. */
export function policyStale(app: Readonly<AppPolicy>, world: World, now: number): Refusal | null {
  const { joinSeconds } = app.staleness ?? DEFAULT_STALENESS;
  if (world.leaseExpiresAt !== null && now <= world.leaseExpiresAt + joinSeconds * 1000) return null;
  const since =
    world.leaseExpiresAt === null ? 'was never held' : `ran out at ${Math.floor(world.leaseExpiresAt / 1000)}`;
  return refuse('policy.stale', `The lease ${since}; the project allows joins for ${joinSeconds} s without one.`);
}

/**
 * The edge's certified region must be in the fence. Inside it the edge must hold the whole policy: a project known only
 * by its stub, or without a fence, is refused rather than guessed at.
 */
export function fenceRefused(app: Readonly<AppPolicy>, world: World): Refusal | null {
  const { fence, project } = app;
  if (fence === undefined || fence.regions.length === 0) {
    return refuse('policy.missing', 'No valid fence of this project is held; nothing may be served.');
  }
  if (!fence.regions.includes(world.edge.region))
    return refuseRegion(world.edge.region, fence.regions, world.index.edges);
  if (project === undefined) {
    return refuse('policy.missing', 'The fence of this project is held, its settings are not.');
  }
  return null;
}
