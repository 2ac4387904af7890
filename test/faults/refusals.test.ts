import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { INDIVIDUALLY } from '@/lib/audit/flood';
import { startCluster, type TestCluster } from '../support/database';
import { query } from '../support/world';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

/** A flood of strangers, and the process that turns them away killed in the middle: whoever got an answer is counted. */
it('refusals that were answered are counted, also by a process that was killed', async () => {
  const { url } = await cluster.database();
  const child = fork(fileURLToPath(new URL('refusals-main.ts', import.meta.url)), {
    execArgv: ['--conditions=react-server', '--import', 'tsx'],
    env: { ...process.env, DATABASE_URL: url.console },
  });
  const exited = once(child, 'exit');
  let answered = 0;
  child.on('message', (message: { answered: number }) => {
    answered = message.answered;
    if (answered === 400) child.kill('SIGKILL');
  });
  await exited;
  expect(answered).toBeGreaterThanOrEqual(400);
  const minutes = (await query<{ count: string }>(url.installer, 'select "count" from "RefusalCount"')).map(
    ({ count }) => Number(count),
  );
  expect(minutes.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(answered);
  const events = await query(url.installer, 'select 1 from "AuditEvent"');
  // One that was counted and not yet written when the process died is neither.
  expect(events).toHaveLength(minutes.reduce((sum, count) => sum + Math.min(INDIVIDUALLY, count), 0));
}, 60_000);
