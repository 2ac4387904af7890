import { canonicalJson, toUtf8 } from '../encoding';
import { inRange, isId, isTime } from './words';

/**
 * What a production host holds of the grants: those for it and no others, signed by the keyring. A host lets in and keeps in whoever stands
 * in its newest sheet, as long as the sheet is fresh; what is missing from a newer one is over.
 */
export interface Sheet {
  /** `host:<name>`. */
  readonly target: string;
  /** Rises with every sheet for this target. A host takes no older one. */
  readonly seq: number;
  /** Unix seconds. Nobody is let in on a sheet past `freshUntil`; who is in stays to the deadline. */
  readonly issuedAt: number;
  readonly freshUntil: number;
  readonly grants: readonly SheetGrant[];
}

export interface SheetGrant {
  readonly id: string;
  /** Of the grant alone, made for it and removed after it (`accountOf`). */
  readonly account: string;
  /** Unix seconds. */
  readonly startsAt: number;
  readonly deadline: number;
}

/** Before the text, in what is signed (Ed25519), so that no other signature of the keyring is one of these. */
const HEAD = 'cordon-sheet/1\n';

/** A sheet as it travels: canonical JSON (RFC 8785). */
export const sheetText = (sheet: Sheet): string => canonicalJson(sheet);

/** The bytes a sheet is signed over. */
export const sheetInput = (sheet: Sheet): Uint8Array => toUtf8(HEAD + sheetText(sheet))!;

/** Longest text of a sheet, in characters. */
export const MAX_SHEET = 256 * 1024;
const TARGET = /^host:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What a text says, when it is a sheet written as `sheetText` writes it; else null. Whether it was signed is for the caller to check. */
export function readSheet(text: string): Sheet | null {
  const value = text.length <= MAX_SHEET ? parse(text) : null;
  if (value === null || typeof value !== 'object') return null;
  const sheet = value as Sheet;
  const { target, seq, issuedAt, freshUntil, grants } = sheet;
  const times = inRange(seq, 1, Number.MAX_SAFE_INTEGER) && isTime(issuedAt) && isTime(freshUntil);
  if (typeof target !== 'string' || !TARGET.test(target) || !times || issuedAt >= freshUntil) return null;
  if (!Array.isArray(grants) || !grants.every(isSheetGrant)) return null;
  const ids = new Set(grants.map(({ id }) => id));
  const accounts = new Set(grants.map(({ account }) => account));
  if (ids.size < grants.length || accounts.size < grants.length) return null;
  // Nothing but these fields, each written in the one way.
  const read = {
    ...{ target, seq, issuedAt, freshUntil },
    grants: grants.map(({ id, account, startsAt, deadline }) => ({ id, account, startsAt, deadline })),
  };
  return sheetText(read) === text ? read : null;
}

function isSheetGrant(value: unknown): value is SheetGrant {
  if (value === null || typeof value !== 'object') return false;
  const { id, account, startsAt, deadline } = value as SheetGrant;
  return isId('grt', id) && account === accountOf(id) && isTime(startsAt) && isTime(deadline) && startsAt <= deadline;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The account of a grant on every host: 19 characters, from the random end of its id. Throws `RangeError` for what is no id. */
export function accountOf(grant: string): string {
  if (!/^grt_[0-9a-f]{32}$/.test(grant)) throw new RangeError('grant id');
  return `cg-${grant.slice(-16)}`;
}

/** The principal in a certificate that opens the account of this grant on a host. */
export const principalOf = (grant: string): string => `grant-${grant.slice(4)}`;
