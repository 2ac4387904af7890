import { type AreaCode, isGlobal, REGIONS, type Region, VOCABULARIES, type Vocabulary } from '@/lib/kernel/region';

/** What the vendor's products call a set of our regions. One row per set that any of them has a word for. */
export interface VocabularyRow {
  regions: readonly Region[];
  /** Code per vocabulary; absent where it has none. */
  codes: Partial<Record<Vocabulary, string>>;
}

export const VOCABULARY_NAMES: Readonly<Record<'web' | 'native' | 'rtm' | 'recording', string>> = {
  web: 'Web SDK',
  native: 'Native SDK',
  rtm: 'Messaging',
  recording: 'Recording',
};

/** Documented codes only that mean exactly these regions: widest set first, then in catalogue order. */
export function vocabularyRows(): VocabularyRow[] {
  const rows = new Map<string, VocabularyRow>();
  for (const [name, table] of Object.entries(VOCABULARIES) as [Vocabulary, readonly AreaCode[]][]) {
    for (const { code, regions, fit, undocumented } of table) {
      if (fit !== 'exact' || undocumented) continue;
      const row = rows.get(regions.join()) ?? { regions, codes: {} };
      row.codes[name] = code;
      rows.set(regions.join(), row);
    }
  }
  const rank = ({ regions }: VocabularyRow) =>
    isGlobal(regions) ? Number.NEGATIVE_INFINITY : REGIONS.indexOf(regions[0]!) * 10 - regions.length;
  return [...rows.values()].sort((a, b) => rank(a) - rank(b));
}
