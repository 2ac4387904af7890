import { canonicalJson, toUtf8 } from '../encoding';

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

/** The account of a grant on every host: 19 characters, from the random end of its id. Throws `RangeError` for what is no id. */
export function accountOf(grant: string): string {
  if (!/^grt_[0-9a-f]{32}$/.test(grant)) throw new RangeError('grant id');
  return `cg-${grant.slice(-16)}`;
}

/** The principal in a certificate that opens the account of this grant on a host. */
export const principalOf = (grant: string): string => `grant-${grant.slice(4)}`;
