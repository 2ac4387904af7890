/** Why a pack is refused. Closed; each has its words, fit for a person. */
export const PACK_FAULTS = {
  malformed: 'the pack is damaged, or something else than an evidence pack',
  file_hash: 'a file is missing, is not listed, or is not the one that the manifest lists',
  signature: 'the checkpoint is not signed as it must be',
  root: 'the leaves of the pack are not the leaves of the log at these indices',
  event: 'a line is not the event that the log holds at its index',
  missing: 'neither an event nor a stub stands where this index has to come',
  misplaced: 'a line has an index that stood before, or that is outside the range',
  filter: 'an event does not match the filter, or a stub hides one that does',
  opening: 'an event or a stub opens more or fewer fields than it must',
  count: 'the manifest counts other numbers of events and stubs than the pack has',
  schema: 'the shape of an event is not in the pack, or is not the one that the event names',
  diverged:
    'the log contradicts the checkpoint that you know: it was rewritten, or you are shown another log than before',
  older: 'the pack ends before the checkpoint that you know: what came later may have been left out',
  unwitnessed: 'not the witnesses that you ask for have cosigned',
  operator: 'the proof that the operator log holds the checkpoint is wrong',
  unproven:
    'the pack says itself that it leaves out events by more than its filter, so nothing shows it to be complete',
} as const;
export type PackFaultCode = keyof typeof PACK_FAULTS;

export interface FaultPlace {
  /** Of the entry in the log. */
  readonly index?: number;
  readonly file?: string;
  /** Of the file, from 1. */
  readonly line?: number;
}

/**
 * Ends a verification. Thrown inside and turned into a value at the door (`verifyPack`): between them are generators of several files.
 * `detail` never repeats text of the pack.
 */
export class PackFault extends Error {
  constructor(
    readonly code: PackFaultCode,
    readonly detail: string,
    readonly place: FaultPlace = {},
  ) {
    super(`pack.${code}: ${detail}`);
  }
}

export const malformed = (detail: string, file?: string): PackFault =>
  new PackFault('malformed', detail, file === undefined ? {} : { file });
