import { readFileSync } from 'node:fs';
import { createLog } from '@/lib/platform';
import { startWitness } from '@/lib/witness';
import { type Command, EXIT, UsageError } from './command';
import { readOptions, readWhole } from './options';
import { asUsage } from './witness-usage';

const OPTIONS = {
  log: { type: 'string', multiple: true },
  port: { type: 'string' },
  host: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
} as const;

/** Log lines go to standard output, one JSON object each, as those of every process. */
export const witnessServe: Command = {
  name: 'witness serve',
  usage: 'DIR --log VKEY [--log VKEY …] --port PORT [--host 127.0.0.1] [--cert FILE --key FILE]',
  says: 'Cosigns what continues the log it has seen (C2SP tlog-witness). A vkey stands for the log of that name and for a Cordon’s operator log. Without --cert it speaks plain HTTP, for loopback or behind a proxy that ends TLS.',
  async run(args) {
    const { values, positionals } = readOptions(args, OPTIONS, 1);
    if (!values.port) throw new UsageError('--port is needed');
    if ((values.cert === undefined) !== (values.key === undefined))
      throw new UsageError('--cert and --key belong together');
    const witness = await asUsage(
      startWitness({
        directory: positionals[0]!,
        vkeys: values.log ?? [],
        port: readWhole('port', values.port, 0, 65_535),
        host: values.host,
        ...(values.cert && values.key ? { tls: { cert: readFile(values.cert), key: readFile(values.key) } } : {}),
        log: createLog('witness'),
      }),
    );
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
    await witness.stop();
    return EXIT.ok;
  },
};

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`${path} cannot be read`);
  }
}
