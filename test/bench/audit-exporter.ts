/** Does the one export that is queued, as in the console, and prints how long it took: `tsx audit-exporter.ts HOME`, DATABASE_URL of the exporter. */
import { workOnce } from '@/lib/audit-export/worker/job';
import { openJobs } from '@/lib/audit-export/worker/store';

const home = process.argv[2]!;
const jobs = await openJobs(process.env.DATABASE_URL!, { waiting: () => undefined, lost: () => undefined });
const began = performance.now();
const failed: unknown[] = [];
const done = await workOnce({
  ...{ jobs, home, over: () => false },
  log: { info: () => undefined, warn: (_, fields) => failed.push(fields) },
});
const seconds = (performance.now() - began) / 1000;
await jobs.close();
if (!done || failed.length > 0) {
  console.error('not exported', failed);
  process.exit(1);
}
console.log(JSON.stringify({ seconds, rssMiB: Math.round(process.resourceUsage().maxRSS / 1024) }));
process.exit(0);
