import { Redactor } from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import { type Command, EXIT, UsageError } from './command';
import { writeNew } from './new-file';
import { readOptions } from './options';
import { failed } from './recording-print';
import { chunksOf, readHeads, readLines } from './recording-source';

export const recordingRedact: Command = {
  name: 'recording redact',
  usage: 'FILE --lines 12,40-57 -o OUT [--heads FILE] [--running]',
  says: 'Writes a screen record without some lines; the rest still verifies, and that they are gone stays visible. Line 0 is the header.',
  run(args, out) {
    const { values, positionals } = readOptions(
      args,
      {
        lines: { type: 'string' },
        output: { type: 'string', short: 'o' },
        heads: { type: 'string' },
        running: { type: 'boolean' },
      },
      1,
    );
    if (values.lines === undefined || values.output === undefined) throw new UsageError('--lines and -o are needed');
    const asked = { heads: readHeads(values.heads), running: values.running === true };
    const redactor = new Redactor(primitives, readLines(values.lines), asked);
    return writeNew(values.output, (write) => {
      for (const chunk of chunksOf(positionals[0]!)) for (const row of redactor.push(chunk)) write(row);
      const { result, refused } = redactor.end();
      if (!result.ok) return failed(out, result, false);
      if (refused !== null)
        throw new UsageError(`line ${refused} cannot be redacted: it is the header or a change of size`);
      if (redactor.taken === 0) throw new UsageError('--lines names no line that is there and not redacted yet');
      out.line(`OK  ${redactor.taken} lines redacted, ${result.report.redacted.lines + redactor.taken} in all`);
      out.line('The file from before still holds them. Who redacted what, and why, is for the audit log to say.');
      return EXIT.ok;
    });
  },
};
