import type { Region } from '../region';

/**
 * What an edge enforces from. Each resource has its own version (the sequence number of the change that wrote it), so one
 * project's change never rewrites another's. Keyed by `kind/id`.
 *
 * Need to know: an edge outside a project's fence holds only that project's `fence` resource, which is therefore the
 * signed, keyless stub (App ID and allowed regions); a fence is not a secret. Everything else goes only to the regions inside.
 */
export type Resource =
  | ProjectResource
  | TokenPolicyResource
  | FenceResource
  | StalenessResource
  | RevocationResource
  | ObservationResource
  | EdgesResource;

export type ResourceKind = Resource['kind'];
export type ResourceKey = `${ResourceKind}/${string}`;

interface Base<K extends string> {
  kind: K;
  /** Unique within the kind. For per-project kinds it is the App ID (32 hex characters). */
  id: string;
  /** Sequence number of the change that wrote this resource. */
  version: number;
}

export interface ProjectResource extends Base<'project'> {
  projectId: string;
  organisationId: string;
  name: string;
  status: 'active' | 'frozen' | 'archived';
  environment: 'development' | 'staging' | 'production';
  /** `app-id` admits without a token; never in production. */
  mode: 'token' | 'app-id';
  certificates: CertificateRef[];
}

export interface CertificateRef {
  id: string;
  slot: 'primary' | 'secondary';
  /**
   * The certificate. In the database: sealed by the keyring. In a signed bundle: sealed again under the region's key,
   * which only the keyring and that region's edges hold, so neither console nor control ever sees a certificate.
   */
  sealed: string;
}

export interface TokenPolicyResource extends Base<'tokenPolicy'> {
  /** Longest life of a token in seconds, at most 86 400. */
  maxLifetimeSeconds: number;
  wildcardChannel: boolean;
  wildcardUser: boolean;
  /** Accept version 006, which carries no issue time. */
  legacy006: boolean;
  /** How far in the future an issue time may lie, in seconds. Also added to every "issued before" (see revocation). */
  clockSkewSeconds: number;
}

export interface FenceResource extends Base<'fence'> {
  /** Ordered, never empty, disjoint codes. The first is the preferred home. */
  regions: Region[];
}

export interface StalenessResource extends Base<'staleness'> {
  /** New joins are refused when the lease ran out this many seconds ago. */
  joinSeconds: number;
}

export type RevocationSubject =
  /** SHA-256 of the token's signed bytes, hex. */
  | { type: 'token'; tokenId: string }
  /** uid (decimal text) or account. */
  | { type: 'user'; account: string }
  | { type: 'channel'; channel: string }
  | { type: 'certificate'; certificateId: string }
  /** Every token of the project. */
  | { type: 'project' };

/** What a subject names: token id, account, channel or certificate id; empty for the whole project. */
export function subjectName(subject: RevocationSubject): string {
  switch (subject.type) {
    case 'token':
      return subject.tokenId;
    case 'user':
      return subject.account;
    case 'channel':
      return subject.channel;
    case 'certificate':
      return subject.certificateId;
    case 'project':
      return '';
  }
}

export interface RevocationResource extends Base<'revocation'> {
  /** Here `id` is the revocation's own id. */
  appId: string;
  subject: RevocationSubject;
  /** Unix seconds. Refuses every token issued up to this time plus the allowed clock skew. */
  issuedBefore: number;
}

/**
 * Somebody of the provider may watch a channel of the project (lib/kernel/grant). Id: the session that was confirmed, `ssn_…`. In the database
 * it only names the session; in a signed bundle the keyring has put in what its ledger says, and nothing where that says nothing.
 */
export interface ObservationResource extends Base<'observation'> {
  appId: string;
  /** SHA-256 of the signed bytes of the one token for it, hex; empty: none. */
  tokenId: string;
  /** Unix seconds: the deadline of the grant; 0: over, or never was. */
  until: number;
}

/** One resource, id `edges`: where media may go, and who is the home of a channel. */
export interface EdgesResource extends Base<'edges'> {
  /** Rises with every change of the set; two edges that disagree answer 503. */
  generation: number;
  edges: EdgeRef[];
}

export interface EdgeRef {
  name: string;
  region: Region;
  /** Public base URL, for example `http://localhost:7411`. */
  url: string;
  /** `host:port` of the mutual-TLS listener for other edges. */
  relay: string;
  serving: boolean;
}

export const resourceKey = (resource: Pick<Resource, 'kind' | 'id'>): ResourceKey => `${resource.kind}/${resource.id}`;

/** The App ID a resource belongs to, or undefined for resources of the whole installation. */
export function appIdOf(resource: Resource): string | undefined {
  if (resource.kind === 'edges') return undefined;
  return resource.kind === 'revocation' || resource.kind === 'observation' ? resource.appId : resource.id;
}
