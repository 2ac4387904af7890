import type { JudgedAccess } from '@/lib/kernel/access';
import type { AccessUnjudged, Manifest, PackFaultCode, PackStep } from '@/lib/kernel/pack';
import type { Row } from './excerpt';
import type { Brought, Unusable } from './inputs';

/** What goes between the page and the worker that verifies: plain values only. */

export interface Request extends Brought {
  file: File;
}

export type Message =
  | { kind: 'progress'; phase: 'files' | 'events'; done: number; total: number }
  | { kind: 'begins'; step: PackStep }
  | { kind: 'verdict'; verdict: Verdict };

export interface Cosigner {
  name: string;
  /** RFC 3339, when it had seen the checkpoint; null for a plain signature. */
  at: string | null;
  of: 'checkpoint' | 'operator';
}

export interface Failure {
  code: PackFaultCode;
  detail: string;
  file: string | null;
  line: number | null;
  index: number | null;
  /** Lines about the fault; not verified. */
  rows: Row[];
}

/** What was proven of a pack, and what it merely says (`manifest.createdAt`, `manifest.software`). */
export interface PackVerdict {
  manifest: Manifest;
  vkeys: string[];
  keysFrom: 'auditor' | 'pack';
  events: number;
  stubs: number;
  times: { first: string; last: string } | null;
  knownHead: { size: number; grown: boolean } | null;
  /** The entry of the operator log that holds the checkpoint. */
  operatorIndex: number | null;
  witnessed: 'checkpoint' | 'operator' | null;
  cosigners: Cosigner[];
  /** Who signed what about access to production, or why that was not judged; null when there is nothing of it. */
  access: JudgedAccess | AccessUnjudged | null;
  /** The first events, as they were verified. */
  rows: Row[];
}

export interface ProofVerdict {
  origin: string;
  index: number;
  size: number;
  cosigners: Cosigner[];
  witnessed: boolean;
  fields: [name: string, value: string][];
}

export type Verdict =
  | ({ kind: 'pack'; ok: true } & PackVerdict)
  | ({ kind: 'pack'; ok: false; step: PackStep } & Failure)
  | ({ kind: 'proof'; ok: true } & ProofVerdict)
  | ({ kind: 'proof'; ok: false } & Failure)
  /** Nothing was checked. */
  | ({ kind: 'unusable' } & Unusable);
