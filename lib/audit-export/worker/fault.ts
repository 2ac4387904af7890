/** Why a job cannot be done, however often it is tried. `code` is one of those that `problemWords` knows. */
export class ExportFault extends Error {
  override name = 'ExportFault';
  constructor(
    readonly code: string,
    /** In the log. */
    readonly place: number | null = null,
    detail = '',
  ) {
    super([code, place === null ? '' : `#${place}`, detail].filter(Boolean).join(' '));
  }
}

/** The process ends, or the connection is gone: the job begins anew elsewhere. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}
