import { setTimeout as sleep } from 'node:timers/promises';
import { startChecks } from '@/lib/audit/checks';
import { startKeeper } from '@/lib/audit/keeper';
import { startSequencer } from '@/lib/audit/sequencer';
import { readWitnessPolicy, startWitnessing } from '@/lib/audit/witnesses';
import { startAccessWatch } from '@/lib/grants/due';
import { BEAT_MS, LEASE_MS } from '@/lib/kernel/bundle/timing';
import { createKeyring } from '@/lib/keyring';
import type { Log } from '@/lib/platform';
import { startScreenReader } from '@/lib/recordings/due';
import { startAccess } from './access';
import { AckWriter } from './acks';
import { obtainIdentity, type ServerIdentity } from './certificate';
import { Chains } from './chains';
import type { ControlConfig } from './config';
import { startFloods } from './floods';
import { Hub } from './hub';
import { Ingest } from './ingest';
import { Leader } from './leader';
import { listen } from './listener';
import { openNotices } from './notices';
import { openPool } from './store';

/**
 * The control process: turns policy in the database into signed steps (when it leads), serves them to edges, and writes down what edges
 * report; and gives audit events their places in the transparency logs. Any number may run; one leads. It holds no key that opens or signs
 * anything.
 */
export interface Control {
  readonly port: number;
  readonly leading: boolean;
  /** Connected edges. */
  readonly edges: number;
  stop(): Promise<void>;
}

export interface ControlOptions
  extends Omit<ControlConfig, 'sequencerDatabaseUrl' | 'witnessPolicyFile' | 'checkerDatabaseUrl'> {
  sequencerDatabaseUrl?: string | null;
  witnessPolicyFile?: string | null;
  checkerDatabaseUrl?: string | null;
  log: Log;
  /** Defaults: a beat every 5 s, a lease of 30 s. */
  beatMilliseconds?: number;
  leaseMilliseconds?: number;
}

const HOUR = 3_600_000;

/** Starts control. Waits for keyring and database as long as they are away. Throws when the witness policy is not one. */
export async function startControl(options: ControlOptions): Promise<Control> {
  const { log, databaseUrl } = options;
  const policy = options.witnessPolicyFile ? readWitnessPolicy(options.witnessPolicyFile) : null;
  const beatMilliseconds = options.beatMilliseconds ?? BEAT_MS;
  const leaseMilliseconds = options.leaseMilliseconds ?? LEASE_MS;
  const keyring = createKeyring({ socketPath: options.keyringSocket, token: options.keyringToken });
  const pool = openPool(databaseUrl, 8);

  const chains = new Chains();
  const hub = new Hub(pool, chains, log);
  const acks = new AckWriter(pool, log);
  const ingest = new Ingest(pool, acks, log);
  const leader = new Leader({
    databaseUrl,
    keyring,
    chains,
    onFrames: (frames) => hub.deliver(frames),
    onBeats: (beats) => hub.deliverBeats(beats),
    beatMilliseconds,
    leaseMilliseconds,
    log,
  });

  let identity = await patiently(() => obtainIdentity(keyring, options.hosts), log);
  const session = { hub, ingest, keyring, beatMilliseconds, leaseMilliseconds, log };
  const { host, port } = options;
  const production = startAccess({ pool, databaseUrl, keyring, log });
  const listener = await listen({ host, port, identity, pool, keyring, session, access: production, log });
  leader.start();
  const sequencer = options.sequencerDatabaseUrl
    ? startSequencer({ databaseUrl: options.sequencerDatabaseUrl, keyring, log })
    : null;
  if (!sequencer) log.warn('sequencer.not_configured', { variable: 'CORDON_SEQUENCER_DATABASE_URL' });
  const witnessing = options.sequencerDatabaseUrl
    ? startWitnessing({ databaseUrl: options.sequencerDatabaseUrl, policy, log })
    : null;
  const checks = options.checkerDatabaseUrl
    ? startChecks({ checkerUrl: options.checkerDatabaseUrl, pool, keyring, log })
    : null;
  if (!checks) log.warn('checks.not_configured', { variable: 'CORDON_CHECKER_DATABASE_URL' });
  const keeper = startKeeper({ pool, log });
  const access = startAccessWatch({ pool, keyring, log });
  const reader = startScreenReader({ pool, log });
  const notices = openNotices(databaseUrl, {
    policy: () => leader.poke(),
    frames: () => {
      if (!leader.leading) void hub.refresh();
    },
  });
  const floods = startFloods(pool, log);
  const poll = setInterval(() => {
    if (!leader.leading) void hub.refresh();
    hub.enforceBans().catch((error: unknown) => log.warn('hub.bans_failed', { error }));
  }, 1_000);
  const renewal = setInterval(() => {
    if (identity.expiresAt - Date.now() > 12 * HOUR) return;
    obtainIdentity(keyring, options.hosts).then(
      (renewed) => {
        identity = renewed;
        listener.use(renewed);
      },
      (error: unknown) => log.warn('control.certificate_failed', { error }),
    );
  }, HOUR / 12);

  return {
    port: listener.port,
    get leading() {
      return leader.leading;
    },
    get edges() {
      return hub.size;
    },
    async stop() {
      clearInterval(poll);
      clearInterval(renewal);
      await notices.stop();
      await floods.stop();
      await checks?.stop();
      await leader.stop();
      await sequencer?.stop();
      await witnessing?.stop();
      await keeper.stop();
      await access.stop();
      await reader.stop();
      await production.stop();
      await listener.stop();
      await ingest.idle();
      await acks.stop();
      await pool.end();
      keyring.close();
    },
  };
}

async function patiently(obtain: () => Promise<ServerIdentity>, log: Log): Promise<ServerIdentity> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await obtain();
    } catch (error) {
      log.warn('control.waiting_for_keyring', { attempt, error });
      await sleep(Math.min(5_000, 100 * 2 ** Math.min(attempt, 6)));
    }
  }
}
