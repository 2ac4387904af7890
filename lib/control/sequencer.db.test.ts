import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append } from '@/lib/audit';
import { openWitnesses, policyText } from '@/lib/audit/witnesses/test-support';
import { onConnection } from '@/lib/db/control';
import { openCheckpoint, parseVkey } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { startWorld, type World } from '@/test/plane/push-world';
import { startCluster, type TestCluster } from '@/test/support/database';
import { query } from '@/test/support/world';
import { parseConfig } from './config';

/** An event that a process writes ends in a signed checkpoint, through control as it runs and the keyring behind its socket. */
let cluster: TestCluster;
let world: World;

beforeAll(async () => {
  cluster = await startCluster();
  world = await startWorld(cluster);
});
afterAll(async () => {
  await world?.stop();
  await cluster?.stop();
});

describe('control', () => {
  it('has the audit log sequenced and signed', async () => {
    const control = await world.control({ sequencerDatabaseUrl: world.database.url.sequencer });
    const client = await world.sql.connect();
    await append(onConnection(client), {
      schema: 'edge.enrolled@1',
      outcome: 'success',
      actor: { kind: 'edge', id: 'eu-1' },
      object: { type: 'edge', id: 'eu-1' },
      fields: { region: 'EU' },
    });
    client.release();
    const notes = () =>
      query<{ note: Buffer }>(
        world.database.url.installer,
        `select "note" from "LogCheckpoint" where "log" = 'provider'`,
      );
    await expect.poll(async () => (await notes()).length, { timeout: 20_000 }).toBe(1);
    const [vkey] = (await world.keyring.call('trust.describe', {})).logKeys ?? [];
    const opened = await openCheckpoint(
      primitives,
      (await notes())[0]!.note,
      { origin: 'localhost:3000/audit/provider', keys: [parseVkey(primitives, vkey ?? '')!] },
      verifyEd25519,
    );
    expect(opened).toMatchObject({ ok: true, checkpoint: { size: 1 } });
    await control.stop();
  });

  it('has it witnessed by those whom its policy names, and does not start with a policy that is none', async () => {
    const around = await openWitnesses();
    const { logKeys = [] } = await world.keyring.call('trust.describe', {});
    const witness = await around.witness('w1', logKeys);
    const witnessPolicyFile = join(around.root, 'policy');
    writeFileSync(witnessPolicyFile, 'quorum none\n');
    const sequencerDatabaseUrl = world.database.url.sequencer;
    await expect(world.control({ sequencerDatabaseUrl, witnessPolicyFile })).rejects.toThrow('asks for no witness');
    writeFileSync(witnessPolicyFile, policyText([witness], 1));
    const control = await world.control({ sequencerDatabaseUrl, witnessPolicyFile });
    const witnessed = () => query(world.database.url.installer, 'select 1 from "LogWitnessed"');
    await expect.poll(async () => (await witnessed()).length, { timeout: 20_000 }).toBeGreaterThan(0);
    await control.stop();
    await around.close();
  });

  it('checks the log and the clocks from its start, where it is given the role for it', async () => {
    const { installer, checker } = world.database.url;
    const control = await world.control({ checkerDatabaseUrl: checker });
    const found = () => query(installer, `select "kind", "state" from "LogCheck" where "log" = 'provider' order by 1`);
    // The log of the test before: all of it, the newest of it, and the clocks.
    await expect.poll(found, { timeout: 20_000 }).toEqual([
      { kind: 'clock', state: 'whole' },
      { kind: 'full', state: 'whole' },
      { kind: 'spot', state: 'whole' },
    ]);
    await control.stop();
  });

  it('sequences and checks only where it is given the roles for it', () => {
    const env = {
      CORDON_CONTROL_PORT: '7400',
      DATABASE_URL: 'postgresql://control',
      CORDON_KEYRING_SOCKET: '/socket',
      CORDON_KEYRING_TOKEN: 'token',
    };
    expect(parseConfig(env)).toMatchObject({
      sequencerDatabaseUrl: null,
      witnessPolicyFile: null,
      checkerDatabaseUrl: null,
    });
    expect(() => parseConfig({ ...env, CORDON_WITNESS_POLICY: '/policy' })).toThrow(
      'needs CORDON_SEQUENCER_DATABASE_URL',
    );
    expect(parseConfig({ ...env, CORDON_CHECKER_DATABASE_URL: 'postgresql://c' }).checkerDatabaseUrl).toBe(
      'postgresql://c',
    );
    expect(parseConfig({ ...env, CORDON_SEQUENCER_DATABASE_URL: 'postgresql://s' }).sequencerDatabaseUrl).toBe(
      'postgresql://s',
    );
  });
});
