import { encodeBase64 } from '@/lib/kernel/encoding';
import {
  RECORDING_FAULTS,
  type RecordingFault,
  type RecordingFaultCode,
  type RecordingReport,
} from '@/lib/kernel/recording';
import type { ExitCode, Output } from './command';
import { instant, quote } from './terminal';

/** An exit code per kind of failure, so that a script can tell them apart. */
export const RECORDING_EXITS = {
  malformed: 10,
  session: 11,
  changed: 12,
  missing: 13,
  misplaced: 14,
  added: 15,
  time: 16,
  redaction: 17,
  head: 18,
  truncated: 19,
  diverged: 20,
  unfinished: 21,
} as const satisfies Record<RecordingFaultCode, number>;

const WHAT_IT_MEANS =
  'It shows that nobody changed, added, took out or reordered lines of this screen record. A screen record shows what was on the screen: it does ' +
  'not prove which commands ran.';
const OWN_HEADS =
  'NOT INDEPENDENT: you gave no heads (--heads), so the record was compared with those in the file. Whoever forges a file brings heads along. Export ' +
  'the heads of this session from the audit log and pass them.';
const OPEN = 'This record has no final head: it is still running, or was cut off. What is here was checked.';

export function failed(out: Output, fault: RecordingFault, json: boolean): ExitCode {
  const { code, line, to, row } = fault;
  const exit = RECORDING_EXITS[code];
  const says = RECORDING_FAULTS[code];
  if (json) out.line(JSON.stringify({ ok: false, code, exit, line, to, row, says }));
  else {
    const where = line === null ? '' : to !== null && to !== line ? ` in lines ${line} to ${to}` : ` at line ${line}`;
    out.line(`FAILED  ${code}${where}: ${says}`);
    if (row !== null) out.line(`  where   row ${row} of the file`);
    out.line();
    out.line('Nothing of this record should be relied upon. The check ends at the first failure; there may be more.');
  }
  return exit;
}

export function printReport(out: Output, report: RecordingReport): void {
  const { session, header, lines, time, root, heads, known, redacted, final } = report;
  const row = (name: string, value: string) => out.line(`  ${name.padEnd(10)} ${value}`);
  out.line(
    `OK  whole, in order and unaltered${redacted.lines > 0 ? `, ${redacted.lines} of ${lines} lines redacted` : ''}`,
  );
  row('session', quote(session));
  row('began', `${instant(header.timestamp)}, ${header.columns} x ${header.rows}`);
  row('lasted', `${(time / 1_000_000).toFixed(3)} s, ${final ? 'ended' : 'NOT ENDED'}`);
  row('lines', `${lines}, root ${encodeBase64(root)}`);
  row('heads', `${known.heads} of the audit log, up to line ${known.lines - 1}; ${heads} in the file`);
  if (known.heads === 0) row('', 'NONE OF THE AUDIT LOG');
  if (redacted.lines > 0) row('redacted', runsOf(redacted));
  out.line();
  if (!final) out.line(OPEN);
  if (known.heads === 0) out.line(OWN_HEADS);
  out.line(WHAT_IT_MEANS);
}

const SHOWN = 20;

function runsOf({ runs }: RecordingReport['redacted']): string {
  const shown = runs.slice(0, SHOWN).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  return `lines ${shown.join(', ')}${runs.length > SHOWN ? ' and more (--json lists them)' : ''}`;
}

/** Members of the JSON output; bytes in base64, times in microseconds. */
export const plainReport = (report: RecordingReport) => ({
  ...report,
  root: encodeBase64(report.root),
  independent: report.known.heads > 0,
  means: WHAT_IT_MEANS,
});
