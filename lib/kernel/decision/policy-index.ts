import {
  appIdOf,
  type EdgesResource,
  type FenceResource,
  type ObservationResource,
  type ProjectResource,
  type Resource,
  type ResourceKey,
  resourceKey,
  type StalenessResource,
  type TokenPolicyResource,
} from '../bundle/resources';
import { Revocations } from './revocations';

/** Everything an edge holds about one App ID. Outside the project's fence only `fence` is there. */
export interface AppPolicy {
  project: ProjectResource | undefined;
  tokenPolicy: TokenPolicyResource | undefined;
  fence: FenceResource | undefined;
  staleness: StalenessResource | undefined;
  revocations: Revocations;
  /** By session: who of the provider may watch. */
  observations: Map<string, ObservationResource>;
}

export interface Change {
  put: readonly Resource[];
  del: readonly ResourceKey[];
}

/** What decisions read. App IDs keep their letter case. */
export interface PolicyView {
  readonly edges: EdgesResource | undefined;
  app(appId: string): Readonly<AppPolicy> | undefined;
}

/**
 * The resources of a bundle, compiled for look-ups by App ID. Every change is synchronous and cannot stop half-way, and
 * readers (`decide`) are synchronous too, so a reader sees a bundle before or after a change, never between: that is the
 * atomic swap. A change costs what it touches, however many projects and revocations there are.
 */
export interface PolicyIndex extends PolicyView {
  readonly size: number;
  get(key: ResourceKey): Resource | undefined;
  resources(): IterableIterator<Resource>;
  appIds(): IterableIterator<string>;
  put(resource: Resource): void;
  del(key: ResourceKey): void;
  /** Deletes first, then puts. Answers the App IDs touched; `edges` touches none. */
  apply(change: Change): Set<string>;
  replaceAll(resources: Iterable<Resource>): void;
}

export function createPolicyIndex(initial: Iterable<Resource> = []): PolicyIndex {
  return new Index(initial);
}

class Index implements PolicyIndex {
  private byKey = new Map<ResourceKey, Resource>();
  private byApp = new Map<string, AppPolicy>();

  constructor(initial: Iterable<Resource>) {
    for (const resource of initial) this.put(resource);
  }

  get size(): number {
    return this.byKey.size;
  }

  get edges(): EdgesResource | undefined {
    return this.byKey.get('edges/edges') as EdgesResource | undefined;
  }

  app(appId: string): AppPolicy | undefined {
    return this.byApp.get(appId);
  }

  get(key: ResourceKey): Resource | undefined {
    return this.byKey.get(key);
  }

  resources(): IterableIterator<Resource> {
    return this.byKey.values();
  }

  appIds(): IterableIterator<string> {
    return this.byApp.keys();
  }

  put(resource: Resource): void {
    const key = resourceKey(resource);
    // It may come back with another subject or for another project; the old one must not stay.
    if (resource.kind === 'revocation' || resource.kind === 'observation') this.del(key);
    this.byKey.set(key, resource);
    const appId = appIdOf(resource);
    if (appId === undefined) return;
    let app = this.byApp.get(appId);
    if (app === undefined) {
      app = emptyApp();
      this.byApp.set(appId, app);
    }
    setResource(app, resource);
  }

  del(key: ResourceKey): void {
    const resource = this.byKey.get(key);
    if (resource === undefined) return;
    this.byKey.delete(key);
    const appId = appIdOf(resource);
    const app = appId === undefined ? undefined : this.byApp.get(appId);
    if (appId === undefined || app === undefined) return;
    unsetResource(app, resource);
    if (isEmpty(app)) this.byApp.delete(appId);
  }

  apply({ put, del }: Change): Set<string> {
    const touched = new Set<string>();
    const touch = (resource: Resource | undefined) => {
      const appId = resource && appIdOf(resource);
      if (appId !== undefined) touched.add(appId);
    };
    for (const key of del) {
      touch(this.byKey.get(key));
      this.del(key);
    }
    for (const resource of put) {
      touch(this.byKey.get(resourceKey(resource)));
      touch(resource);
      this.put(resource);
    }
    return touched;
  }

  replaceAll(resources: Iterable<Resource>): void {
    const next = new Index(resources);
    this.byKey = next.byKey;
    this.byApp = next.byApp;
  }
}

const emptyApp = (): AppPolicy => ({
  project: undefined,
  tokenPolicy: undefined,
  fence: undefined,
  staleness: undefined,
  revocations: new Revocations(),
  observations: new Map(),
});

function isEmpty(app: AppPolicy): boolean {
  const { project, tokenPolicy, fence, staleness, revocations, observations } = app;
  return !project && !tokenPolicy && !fence && !staleness && revocations.size === 0 && observations.size === 0;
}

function setResource(app: AppPolicy, resource: Resource): void {
  switch (resource.kind) {
    case 'project':
      app.project = resource;
      break;
    case 'tokenPolicy':
      app.tokenPolicy = resource;
      break;
    case 'fence':
      app.fence = resource;
      break;
    case 'staleness':
      app.staleness = resource;
      break;
    case 'revocation':
      app.revocations.add(resource);
      break;
    case 'observation':
      app.observations.set(resource.id, resource);
      break;
  }
}

function unsetResource(app: AppPolicy, resource: Resource): void {
  if (resource.kind === 'revocation') app.revocations.remove(resource);
  else if (resource.kind === 'observation') app.observations.delete(resource.id);
  else if (resource.kind !== 'edges') app[resource.kind] = undefined;
}
