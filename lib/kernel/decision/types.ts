import type { EdgeRef } from '../bundle/resources';
import type { Region } from '../region';
import type { DenyCode, Rule } from './codes';

/** What a client asks for. All of it is hostile text until decided. */
export interface JoinRequest {
  appId: string;
  channel: string;
  /** uid as decimal text or a string account; empty means "no name given". */
  account: string;
  /** Token text, or null in `app-id` mode. */
  token: string | null;
}

/** Permission bits of a peer on the forwarding path. */
export const PERMISSION = { join: 1, audio: 2, video: 4, data: 8, login: 16 } as const;

/** One step of the ladder shown by the token inspector: solid until the rule that refused, dotted after. */
export interface Step {
  rule: Rule;
  result: 'passed' | 'refused' | 'not_reached';
  detail: string;
}

export interface BundleVersion {
  epoch: number;
  seq: number;
}

interface Decided {
  bundle: BundleVersion;
  tokenId: string | null;
  certificateId: string | null;
  wildcardUser: boolean;
}

export interface Allow extends Decided {
  verdict: 'allow';
  code: 'ok';
  rule: 'privilege';
  projectId: string;
  /** `PERMISSION` bits held at the moment of the decision. */
  permissions: number;
  /** Unix seconds at which each permission ends; the smallest of token, privilege, project cap and 24 h. */
  expiresAt: { join: number; audio: number; video: number; data: number };
  /** Unix seconds of the token's issue, or null for 006 and app-id mode. */
  issuedAt: number | null;
  /**
   * Who joins: the name asked for, else the one name in the token. Empty when neither names anyone; the edge then
   * gives out a uid nobody holds.
   */
  account: string;
  /** Admitted by version 006. */
  legacy: boolean;
  /** The right rests on a wildcard channel of the token. */
  wildcardChannel: boolean;
}

export interface Deny extends Decided {
  verdict: 'deny';
  code: DenyCode;
  rule: Rule;
  detail: string;
  /** With `fence.region_denied`: where the client may join instead. */
  allowedRegions?: readonly Region[];
  allowedEdges?: readonly Pick<EdgeRef, 'name' | 'region' | 'url'>[];
  /** Unix seconds; with revocations: the first issue time that would be accepted. */
  retryAfter?: number;
}

export type Decision = Allow | Deny;
