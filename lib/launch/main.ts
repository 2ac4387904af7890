import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build';
import { ConfigError, type LaunchConfig, readConfig } from './config';
import { openDatabase } from './database';
import { endDemoGrants, prepareDemoHost, withDemoHost } from './demo-host';
import { prepareGateway } from './gateway';
import { claim, endOrphans, forget, otherLauncher, remember } from './orphans';
import { giveDirectories, ownUser } from './own-user';
import { consolePlan, controlPlan, edgePlan, hasGateway, keyringPlan, paths } from './plan';
import { assertPortsFree } from './ports';
import { report } from './report';
import { keyringClients, loadSecrets, writeDurably } from './secrets';
import { type Supervised, supervise } from './supervise';
import { welcomeStaff } from './welcome';

/**
 * `npm start` and `npm run demo`: one machine, everything on it, one command. Builds what changed, starts the database, then
 * keyring, control, console and edges, keeps them running and stops them in order.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const options = new Set(process.argv.slice(2));
const begun = Date.now();
const say = (line: string) => console.log(`· ${line}`);

/** What runs, in the order of starting. Stopped from the end. */
const running: { name: string; stop: () => Promise<void> }[] = [];
let stopping: Promise<void> | undefined;

try {
  if (options.has('--prepare-only')) {
    await buildAll(root, say, ['client']);
  } else if (options.has('--build-only')) {
    await buildAll(root, say);
  } else {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
    if (process.connected) process.once('disconnect', () => void stop(1));
    const config = readConfig(process.env, root);
    await start(options.has('--demo') ? { ...config, gateway: true } : config);
  }
} catch (error) {
  if (!stopping) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    if (!(error instanceof ConfigError) && process.env.CORDON_LOG_LEVEL === 'debug') console.error(error);
    await stop(1);
  }
}

async function start(wanted: LaunchConfig): Promise<void> {
  if (options.has('--demo') && wanted.databaseUrl)
    throw new ConfigError(
      'The demo fills the database with invented data, so it runs on the embedded one only. Unset DATABASE_URL.',
    );
  const { home } = wanted;
  mkdirSync(home, { recursive: true });
  const other = otherLauncher(home);
  if (other)
    throw new ConfigError(
      `Cordon already runs on ${home} (process ${other}). Stop it there with Ctrl-C, or set CORDON_HOME to run a second one.`,
    );
  claim(home);
  const orphans = await endOrphans(home);
  if (orphans.length > 0) say(`Ended what an interrupted run had left: ${orphans.join(', ')}`);
  await endDemoGrants(home);
  const config = options.has('--demo') ? withDemoHost(wanted, say) : wanted;
  await assertPortsFree(config);
  await buildAll(root, say);

  const secrets = loadSecrets(config.home);
  const at = paths(config.home);

  say(config.databaseUrl ? 'Using the database of DATABASE_URL' : 'Starting PostgreSQL');
  const database = await openDatabase(config, secrets, say);
  running.push({ name: 'database', stop: () => database.stop() });

  say('Starting the keyring');
  const { owner, bundle, why } = ownUser('keyring', config.home, join(root, '.build', 'keyring.mjs'));
  if (why) say(`The keyring runs as the same user as everything else: ${why}`);
  writeDurably(at.clients, JSON.stringify(keyringClients(secrets)), 0o644);
  giveDirectories([at.keyringHome], owner);
  // The gateway, which is of its group, comes in to the socket.
  giveDirectories([dirname(at.socket)], owner, 0o750);
  const keyring = run(config, keyringPlan(config, bundle, owner));
  await keyring.ready;

  const installed = await database.install(at.socket, secrets);
  if (installed.migrations > 0) say(`Applied ${installed.migrations} migrations`);

  say('Starting control and console');
  const roles = [database.url('control'), database.url('sequencer'), database.url('checker')] as const;
  const control = run(config, controlPlan(config, secrets, ...roles));
  const urls = {
    console: database.url('console'),
    mailer: database.url('mailer'),
    exporter: database.url('exporter'),
    streamer: database.url('streamer'),
  };
  const console_ = run(config, consolePlan(config, secrets, urls));
  await control.ready;

  say(`Starting ${config.edges.length} edges`);
  const tokens = await database.joinTokens(config.edges);
  const edges = config.edges.map((edge) =>
    run(config, edgePlan(config, edge, { token: tokens.get(edge.name) ?? '', fingerprint: installed.fingerprint })),
  );
  const gateway = hasGateway(config)
    ? [run(config, await prepareGateway(config, secrets, database, installed.fingerprint, say))]
    : [];
  if (config.demoHost)
    running.push({ name: 'demo grants', stop: () => endDemoGrants(home).catch(({ message }) => say(message)) });
  const host = config.demoHost
    ? (await prepareDemoHost(config, database, installed)).map((plan) => run(config, plan))
    : [];
  await Promise.all([console_.ready, ...[...edges, ...gateway, ...host].map(({ ready }) => ready)]);

  if (options.has('--demo')) {
    say('Loading the demo world');
    const { loadDemo } = await import('./demo');
    const written = await loadDemo(config, secrets, database, say);
    if (written) say(`Everything needed to sign in is in ${written}`);
  }
  const link = options.has('--demo') ? null : await database.setupLink(config.staffOrigin);
  // Nobody is there yet who could endorse the first administrator's passkey.
  if (link) await welcomeStaff({ socketPath: at.socket, token: secrets.keyring.installer }, [null]);
  report(config, { link, seconds: (Date.now() - begun) / 1000 });
  writeFileSync(join(config.home, 'run', 'ready'), String(Date.now()));
}

function run(config: LaunchConfig, plan: Parameters<typeof supervise>[0]): Supervised {
  const child = supervise(plan, paths(config.home).logs, say, (pid) =>
    pid ? remember(config.home, plan.name, pid) : forget(config.home, plan.name),
  );
  running.push({ name: plan.name, stop: () => child.stop(plan.name === 'console' ? 1_500 : 3_000) });
  return child;
}

/** Edges and console first and together, then what the demo's host was used for, control, keyring and the database, each only after those that use it. */
function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    if (running.length > 0) console.log('\n· Stopping');
    const last = ['database', 'keyring', 'control', 'demo grants'];
    await Promise.all(running.filter(({ name }) => !last.includes(name)).map((process_) => process_.stop()));
    for (const name of last.reverse()) await running.find((process_) => process_.name === name)?.stop();
    if (running.length > 0) console.log('· Stopped');
    process.exit(code);
  })();
  return stopping;
}
