import { readSheet, type Sheet, sheetInput } from '@/lib/kernel/grant';
import { verifyEd25519 } from '@/lib/primitives/ed25519';

/** A sheet as it came. */
export interface SignedSheet {
  /** Its text. */
  sheet: string;
  /** Ed25519, base64. */
  signature: string;
}

/** `sheet.older`: not above the number held. `sheet.target`: another host's. */
export type SheetRefusal = 'sheet.malformed' | 'sheet.signature' | 'sheet.target' | 'sheet.older';

/** Takes a sheet for `target` that one of the pinned keys (raw, 32 bytes) signed, above `seq`. */
export function takeSheet(
  { sheet: text, signature }: SignedSheet,
  { target, keys, seq }: { target: string; keys: readonly Uint8Array[]; seq: number },
): Sheet | SheetRefusal {
  const sheet = readSheet(text);
  const bytes = Buffer.from(signature, 'base64');
  if (!sheet || bytes.length !== 64 || bytes.toString('base64') !== signature) return 'sheet.malformed';
  const input = sheetInput(sheet);
  if (!keys.some((key) => verifyEd25519(key, input, bytes))) return 'sheet.signature';
  if (sheet.target !== target) return 'sheet.target';
  return sheet.seq > seq ? sheet : 'sheet.older';
}
