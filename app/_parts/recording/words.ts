import { whyWords } from '@/app/_parts/access/words';
import type { GlyphState } from '@/app/_ui/glyph';
import { RECORDING_FAULTS } from '@/lib/kernel/recording';
import type { RecordingState, RecordingView } from '@/lib/recordings/schemas';

/** How the state of a screen record is called, drawn and explained. */
interface Words {
  state: GlyphState;
  word: string;
  tone: 'quiet' | 'accent' | 'notice' | 'danger';
  title: string;
  says: string;
}

const lines = (from: number | null, to: number | null): string =>
  from === null ? '' : from === to || to === null ? `Line ${from}: ` : `Lines ${from} to ${to}: `;

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function stateWords(of: RecordingState): Words {
  switch (of.is) {
    case 'none':
      return {
        ...{ state: 'none', word: 'None', tone: 'quiet', title: 'Nothing was recorded.' },
        says: 'No session begins without its recorder: either it never began, or nothing of it has come yet.',
      };
    case 'verified':
      return {
        ...{ state: 'verified', word: 'Verified', tone: 'quiet', title: 'Verified.' },
        says: 'Whole, in order and unaltered, up to the final head that the audit log has of it.',
      };
    case 'live':
      return {
        ...{ state: 'live', word: 'Live', tone: 'accent', title: 'The session is live, and its record grows.' },
        says: `What has come, ${of.line} lines, is what the audit log says. Open the page again to see what is new.`,
      };
    case 'unfinished':
      return {
        ...{ state: 'open', word: 'Unfinished', tone: 'notice', title: 'The record has no end.' },
        says: `The session is over, and the gateway wrote no final head: it broke off before line ${of.line}. Up to there the record is unaltered.`,
      };
    case 'incomplete':
      return {
        ...{ state: 'drift', word: 'Incomplete', tone: 'notice', title: 'Part of the record is not here.' },
        says: `From line ${of.line} on, bytes that the gateway announced have not come. Up to there the record is unaltered.`,
      };
    case 'unchecked':
      return {
        ...{ state: 'planned', word: 'Not checked', tone: 'notice', title: 'Too large to be checked here.' },
        says: 'Download the record and its heads, and check them: cordon recording verify FILE --heads HEADS.',
      };
    case 'tampered':
      return {
        ...{ state: 'failed', word: 'Altered', tone: 'danger', title: 'This is not what was recorded.' },
        says: `${sentence(`${lines(of.line, of.to)}${RECORDING_FAULTS[of.code]}`)}. What is shown below cannot be relied upon.`,
      };
  }
}

/** What the gateway and edges say of an end, beside what ends grants. */
const ENDS: Readonly<Record<string, string>> = {
  exit: 'By itself',
  left: 'The connection was closed',
  host: 'The connection to the host was lost',
  recorder: 'It could not be recorded any longer',
  files: 'Files were copied in a way that cannot be recorded',
  stopped: 'The gateway was stopped',
  broken: 'The gateway broke off',
  client_left: 'Left the channel',
  'observer.no_grant': 'The grant was over',
  'token.expired': 'The time of the grant was over',
  edge_restarted: 'The edge was started anew',
};
export const endWords = (why: string | null): string | null => (why === null ? null : (ENDS[why] ?? whyWords(why)));

const STOPPED = 'Only the beginning of this record can be searched: ';
const INDEXED: Readonly<Record<NonNullable<RecordingView['indexed']>, string | null>> = {
  whole: null,
  output: `${STOPPED}it holds more output than is read.`,
  work: `${STOPPED}reading it took longer than it may.`,
  text: `${STOPPED}it holds more text than is kept.`,
  refused: 'This record cannot be searched: it was not what the audit log says when its screens were read.',
  failed: 'This record cannot be searched: its screens could not be read.',
};

/** What a search of it does not find; null when it finds everything. */
export const searchWords = (indexed: RecordingView['indexed']): string | null =>
  indexed === null ? 'This record can be searched once it is whole and its screens were read.' : INDEXED[indexed];
