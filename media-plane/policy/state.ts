import type { Position } from '@/lib/kernel/bundle/messages';
import { appIdOf, type Resource, type ResourceKey, resourceKey } from '@/lib/kernel/bundle/resources';
import { createPolicyIndex } from '@/lib/kernel/decision';
import type { Region } from '@/lib/kernel/region';

/**
 * The policy in force: the resources as signed and the index compiled from them, swapped together in one tick.
 * `problem…` says beforehand why a change must not be taken; `apply…` cannot fail.
 */
export type Touched = ReadonlySet<string> | 'all';

export class State {
  readonly index = createPolicyIndex();
  position: Position | null = null;
  readonly #region: Region;
  /** Certificate id to App ID, because a sealed certificate is bound to both. */
  #certificates = new Map<string, string>();

  constructor(region: Region) {
    this.#region = region;
  }

  appIdOfCertificate(certificateId: string): string | undefined {
    return this.#certificates.get(certificateId);
  }

  /** Null, or why the snapshot breaks need-to-know: a resource of a project whose fence excludes this region. */
  problemOfSnapshot(resources: readonly Resource[]): string | null {
    const fences = new Map<string, Resource>();
    for (const resource of resources) if (resource.kind === 'fence') fences.set(resource.id, resource);
    return this.#outside(resources, (appId) => fences.get(appId));
  }

  problemOfDelta(put: readonly Resource[], del: readonly ResourceKey[]): string | null {
    const gone = new Set<string>(del);
    const next = new Map<string, Resource>();
    let narrowed = false;
    for (const resource of put) {
      if (resource.kind === 'fence') {
        next.set(resource.id, resource);
        narrowed ||= !resource.regions.includes(this.#region);
      }
    }
    const fenceOf = (appId: string): Resource | undefined =>
      next.get(appId) ?? (gone.has(`fence/${appId}`) ? undefined : this.index.get(`fence/${appId}`));
    const problem = this.#outside(put, fenceOf);
    if (problem || !(narrowed || del.some((key) => key.startsWith('fence/')))) return problem;
    // A fence that moved away must take everything of its project along.
    const replaced = new Set<string>(put.map(resourceKey));
    const kept: Resource[] = [];
    for (const resource of this.index.resources()) {
      const key = resourceKey(resource);
      const appId = appIdOf(resource);
      const concerned = appId !== undefined && (next.has(appId) || gone.has(`fence/${appId}`));
      if (concerned && !gone.has(key) && !replaced.has(key)) kept.push(resource);
    }
    return this.#outside(kept, fenceOf);
  }

  applySnapshot(resources: readonly Resource[], position: Position | null): void {
    this.#certificates = new Map();
    for (const resource of resources) this.#remember(resource);
    this.index.replaceAll(resources);
    this.position = position;
  }

  /** Returns the App IDs touched; a change of the set of edges touches all. */
  applyDelta(put: readonly Resource[], del: readonly ResourceKey[], position: Position): Touched {
    for (const key of del) this.#forget(this.index.get(key));
    for (const resource of put) this.#forget(this.index.get(resourceKey(resource)));
    for (const resource of put) this.#remember(resource);
    const touched = this.index.apply({ put, del });
    this.position = position;
    return put.some(({ kind }) => kind === 'edges') ? 'all' : touched;
  }

  #outside(resources: Iterable<Resource>, fenceOf: (appId: string) => Resource | undefined): string | null {
    for (const resource of resources) {
      const appId = appIdOf(resource);
      if (resource.kind === 'fence' || appId === undefined) continue;
      const fence = fenceOf(appId);
      if (fence?.kind !== 'fence' || !fence.regions.includes(this.#region))
        return `${resource.kind} of a project fenced elsewhere`;
    }
    return null;
  }

  #remember(resource: Resource): void {
    if (resource.kind === 'project')
      for (const { id } of resource.certificates) this.#certificates.set(id, resource.id);
  }

  #forget(resource: Resource | undefined): void {
    if (resource?.kind === 'project') for (const { id } of resource.certificates) this.#certificates.delete(id);
  }
}
