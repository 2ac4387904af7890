/**
 * The NDJSON export of a log as the console's worker writes it, commitments checked and personal values opened, beside a COPY of the same rows
 * in the server, which does neither.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from './audit-stage';
import { type Result, round2 } from './measure';

const MAX_RSS_MIB = 256;

export async function exported({ installer, exporter }: Stage, emit: (result: Result) => void): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  try {
    const events = await ask(installer);
    const raw = join(tmpdir(), `cordon-bench-copy-${process.pid}`);
    const began = performance.now();
    await installer.query(
      `copy (select l."index", e."header", e."commitments", e."seed", e."entry", v."sealed" from "LogLeaf" l
         join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId" left join "AuditValue" v on v."eventId" = e."id"
        where l."log" = 'org_bench' order by l."index") to '${raw}'`,
    );
    const copy = Math.round((events * 1000) / (performance.now() - began));
    const { seconds, rssMiB } = await write(exporter, home);
    const ours = Math.round(events / seconds);
    const ratio = { copy: round2(ours / copy) };
    emit({
      ...{ case: `${events} events exported as NDJSON`, unit: 'events/s', ours, peers: { copy }, ratio, rssMiB },
      ...{ targets: { copy: 0.5, rssMiB: MAX_RSS_MIB }, copyBytes: statSync(raw).size },
      pass: ratio.copy >= 0.5 && rssMiB <= MAX_RSS_MIB,
    });
    await installer.query(`copy (select 1 where false) to '${raw}'`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Puts the job into the queue, by somebody who may; answers how many events it is of. */
async function ask(installer: Stage['installer']): Promise<number> {
  await installer.query(`insert into "Organisation" ("id", "name", "slug") values ('org_bench', 'Bench', 'bench')`);
  await installer.query(
    `insert into "User" ("id", "realm", "email", "name", "passwordHash") values ('usr_bench', 'customer', 'bench@example.com', 'Bench', '')`,
  );
  await installer.query(
    `insert into "Membership" ("id", "organisationId", "userId", "role") values ('mem_bench', 'org_bench', 'usr_bench', 'owner')`,
  );
  const { rows } = await installer.query<{ size: string }>(
    `insert into "AuditExport" ("id", "organisationId", "requestedById", "format", "filter", "rangeFrom", "rangeTo", "size")
     select 'exp_' || repeat('0', 32), 'org_bench', 'usr_bench', 'ndjson', '{}', 0, "signed", "signed" from "Log" where "name" = 'org_bench'
     returning "size"`,
  );
  return Number(rows[0]!.size);
}

function write(env: Record<string, string>, home: string): Promise<{ seconds: number; rssMiB: number }> {
  const args = ['--conditions=react-server', '--import', 'tsx', 'test/bench/audit-exporter.ts', home];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (piece) => {
    said += piece;
  });
  return new Promise((resolve, reject) =>
    child.once('close', (code) => (code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`exporter: ${code}`)))),
  );
}
