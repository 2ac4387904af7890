/** Text that somebody else wrote, in parts: what is seen as it is, and what is not seen or would move its neighbours about. */
export type Part = { text: string } | { hidden: string };

const MAX_CHARACTERS = 4_000;
/** Controls, directions, joiners, fillers, variation selectors, unassigned, private, halves of pairs, line ends, and blanks but the common one. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}]|(?! )\p{Zs}/gu;

/** Hidden characters by their code points, `U+202E`. What is too long ends with how much was left out. */
export function partsOf(text: string): Part[] {
  const shown = text.slice(0, MAX_CHARACTERS);
  const parts: Part[] = [];
  let at = 0;
  for (const { 0: character, index } of shown.matchAll(HIDDEN)) {
    if (index > at) parts.push({ text: shown.slice(at, index) });
    parts.push({ hidden: `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}` });
    at = index + character.length;
  }
  if (at < shown.length) parts.push({ text: shown.slice(at) });
  if (text.length > shown.length) parts.push({ hidden: `${text.length - shown.length} more characters` });
  return parts;
}
