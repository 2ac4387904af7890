import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { bundled } from './bundled';

/** A process of Cordon, as production runs it. */
export interface Program {
  child: ChildProcess;
  /** The line that says it is ready. */
  ready: { port?: number };
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts one (`lib/control/main.ts`) with this environment and nothing else of ours. Rejects with its last lines when it ends before it is ready. */
export async function startProgram(entry: string, env: Record<string, string>): Promise<Program> {
  const child = spawn(process.execPath, ['--enable-source-maps', await bundled(entry)], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const ready = await new Promise<Program['ready']>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (process.env.CORDON_TEST_LOG) process.stderr.write(`${line}\n`);
      if (line.includes('"msg":"ready"')) resolve(JSON.parse(line) as Program['ready']);
    });
    void exited.then(() => reject(new Error(`${entry} ended:\n${lines.slice(-10).join('\n')}`)));
  });
  return {
    ...{ child, ready },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
  };
}
