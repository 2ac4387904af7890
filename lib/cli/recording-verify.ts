import { RecordingVerifier } from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import { type Command, EXIT } from './command';
import { readOptions } from './options';
import { failed, plainReport, printReport } from './recording-print';
import { chunksOf, readHeads } from './recording-source';

export const recordingVerify: Command = {
  name: 'recording verify',
  usage: 'FILE [--heads FILE] [--running] [--json]',
  says: 'Shows offline that a screen record is whole, in order and unaltered, redacted or not; exit code 10 to 21 by kind of failure.',
  run(args, out) {
    const { values, positionals } = readOptions(
      args,
      { heads: { type: 'string' }, running: { type: 'boolean' }, json: { type: 'boolean' } },
      1,
    );
    const verifier = new RecordingVerifier(primitives, {
      heads: readHeads(values.heads),
      running: values.running === true,
    });
    for (const chunk of chunksOf(positionals[0]!)) if (!verifier.push(chunk)) break;
    const result = verifier.end();
    if (!result.ok) return failed(out, result, values.json === true);
    if (values.json) out.line(JSON.stringify({ ok: true, ...plainReport(result.report) }));
    else printReport(out, result.report);
    return EXIT.ok;
  },
};
