import type { GlyphState } from '@/app/_ui/glyph';
import type { ExportFormat, ExportView } from '@/lib/audit-export/schemas';

export const FORMAT_WORDS: Readonly<Record<ExportFormat, string>> = {
  pack: 'Evidence pack',
  ndjson: 'NDJSON',
  csv: 'CSV',
  ocsf: 'OCSF',
};

/** `-i`: the file that `age-keygen -o key.txt` made, whose public key the file is encrypted to. */
export const openCommand = (file: string): string => `age -d -i key.txt -o ${file.replace(/\.age$/, '')} ${file}`;

export const verifyCommand = (file: string): string => `npx cordon audit verify ${file} --vkey vkey.txt`;

export interface StateWords {
  glyph: GlyphState;
  word: string;
  detail?: string;
}

export function stateOf({ state, done, total }: Pick<ExportView, 'state' | 'done' | 'total'>): StateWords {
  switch (state) {
    case 'queued':
      return { glyph: 'waiting', word: 'Waiting' };
    case 'running':
      return {
        glyph: 'applied',
        word: 'Being written',
        detail: `${total > 0 ? Math.floor((done / total) * 100) : 0} %`,
      };
    case 'ready':
      return { glyph: 'verified', word: 'Ready' };
    case 'failed':
      return { glyph: 'failed', word: 'Failed' };
    case 'expired':
      return { glyph: 'closed', word: 'Deleted after 24 hours' };
  }
}

export const isUnderWay = ({ state }: Pick<ExportView, 'state'>): boolean => state === 'queued' || state === 'running';
