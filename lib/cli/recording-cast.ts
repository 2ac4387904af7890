import { castLine, RecordingVerifier } from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import { type Command, EXIT, UsageError } from './command';
import { writeNew } from './new-file';
import { readOptions } from './options';
import { failed } from './recording-print';
import { chunksOf, readHeads } from './recording-source';

export const recordingCast: Command = {
  name: 'recording cast',
  usage: 'FILE -o OUT.cast [--heads FILE] [--running]',
  says: 'Writes the asciicast of a screen record that verifies, for players; it holds raw escape sequences, so do not print it.',
  run(args, out) {
    const { values, positionals } = readOptions(
      args,
      { output: { type: 'string', short: 'o' }, heads: { type: 'string' }, running: { type: 'boolean' } },
      1,
    );
    if (values.output === undefined) throw new UsageError('-o is needed');
    return writeNew(values.output, (write) => {
      const verifier = new RecordingVerifier(primitives, {
        heads: readHeads(values.heads),
        running: values.running === true,
        row: (_, line) => line && write(castLine(line)),
      });
      for (const chunk of chunksOf(positionals[0]!)) if (!verifier.push(chunk)) break;
      const result = verifier.end();
      if (!result.ok) return failed(out, result, false);
      out.line(`OK  ${result.report.lines} lines, ${result.report.redacted.lines} of them redacted`);
      return EXIT.ok;
    });
  },
};
