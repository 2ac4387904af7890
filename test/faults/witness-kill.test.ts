/** A witness that is killed at any moment has on disk whatever it answered: forgetting a cosignature is how two histories would both get one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, it } from 'vitest';
import { parseVkey, readCosigned } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { createWitnessKey } from '@/lib/witness';
import { HistoryOf, VKEY } from '@/lib/witness/test-support';
import { bundled } from '../support/bundled';

const MAIN = await bundled('test/faults/witness-process.ts');
const directory = mkdtempSync(join(tmpdir(), 'witness-kill-'));
let child: ChildProcess | undefined;
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Answers its port. */
async function serve(): Promise<number> {
  const env = { ...process.env, WITNESS_DIRECTORY: directory, WITNESS_LOG: VKEY };
  const started = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  for await (const line of createInterface({ input: started.stdout })) {
    const { msg, port } = JSON.parse(line) as { msg: string; port: number };
    if (msg === 'witness.ready') return port;
  }
  throw new Error('the witness ended');
}

it('answers, after any kill, with at least what it had answered before', async () => {
  const { vkey } = await createWitnessKey(directory, 'witness.example/w1');
  const key = parseVkey(primitives, vkey)!;
  const log = new HistoryOf('main');
  const fork = new HistoryOf('other');
  let answered = 0;
  const post = async (port: number, body: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/add-checkpoint`, { method: 'POST', body });
    return { status: response.status, text: await response.text() };
  };
  for (let round = 0; round < 3; round++) {
    const port = await serve();
    // Where it stands: the last that it answered, or one that it had stored and not answered yet.
    const { status, text } = await post(port, await log.request(0, 1));
    const stored = status === 409 ? Number(text) : 1;
    expect(stored).toBeGreaterThanOrEqual(answered);
    answered = stored;
    if (round > 0) expect((await post(port, await fork.request(stored, stored + 1))).status).toBe(422);
    let killed = false;
    const gone = new Promise((resolve) => child!.once('exit', resolve));
    const storm = (async () => {
      while (!killed) {
        const said = await post(port, await log.request(answered, answered + 1));
        expect(said.status).toBe(200);
        expect(await readCosigned(log.text(answered + 1), said.text, key, verifyEd25519)).not.toBeNull();
        answered += 1;
        if (answered >= stored + 5 + round) {
          killed = true;
          // In the middle of the next one.
          void post(port, await log.request(answered, answered + 1)).catch(() => null);
          child!.kill('SIGKILL');
        }
      }
    })();
    await Promise.all([storm, gone]);
  }
  const port = await serve();
  const { status, text } = await post(port, await log.request(0, 1));
  expect([status, Number(text) - answered]).toEqual([409, expect.any(Number)]);
  expect([0, 1]).toContain(Number(text) - answered);
}, 60_000);
