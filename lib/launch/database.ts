import { createHash, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type EmbeddedServer, startEmbedded } from '@/lib/db/embedded';
import { expectEdge, expectPeer, openSetupLink } from '@/lib/db/install';
import { migrate } from '@/lib/db/migrate';
import { createKeyring } from '@/lib/keyring';
import type { EdgePlan, LaunchConfig } from './config';
import { forget, remember } from './orphans';
import type { Secrets } from './secrets';

/** What processes on other machines recognise this installation by. */
export interface InstalledTrust {
  /** Hex SHA-256 of the certificate by which control is recognised. */
  fingerprint: string;
  /** Keys of the sheets of production hosts: raw Ed25519, base64. */
  sheetKeys: readonly string[];
  /** Line of the authority that production hosts trust. */
  productionCa: string;
}

/** The database as the launcher handles it: it alone holds the owner's connection. */
export interface LaunchDatabase {
  /** Connection string of one process's role. */
  url(role: 'console' | 'control' | 'mailer' | 'sequencer' | 'exporter' | 'streamer' | 'checker'): string;
  /** How many migrations were applied now, and what others trust. */
  install(keyringSocket: string, secrets: Secrets): Promise<{ migrations: number } & InstalledTrust>;
  /** A join token for each edge, good for ten minutes; one that is enrolled already keeps its certificate and ignores it. */
  joinTokens(edges: readonly EdgePlan[]): Promise<Map<string, string>>;
  /** A join token for a gateway, good for ten minutes. */
  gatewayToken(name: string): Promise<string>;
  /** The same for the agent of a production host. */
  hostToken(name: string): Promise<string>;
  /** The link that makes the provider's first administrator; null when there is one. */
  setupLink(staffOrigin: string): Promise<string | null>;
  stop(): Promise<void>;
}

const NAME = 'cordon';

export async function openDatabase(
  config: LaunchConfig,
  secrets: Secrets,
  say: (line: string) => void,
): Promise<LaunchDatabase> {
  const embedded = config.databaseUrl ? null : await keepEmbedded(config, secrets, say);
  const owner = config.databaseUrl ?? embedded!.url;

  return {
    url(role) {
      const url = new URL(owner);
      url.username = `cordon_${role}`;
      url.password = secrets.database[role];
      return url.href;
    },
    async install(keyringSocket, { keyring }) {
      const client = createKeyring({ socketPath: keyringSocket, token: keyring.installer });
      try {
        const { key } = await client.call('database.proofKey', {});
        const applied = await migrate({
          url: owner,
          passwords: secrets.database,
          proofKey: key,
          directory: join(config.root, 'prisma', 'migrations'),
        });
        const { edgeCa, sheetKeys = [], sshCas } = await client.call('trust.describe', {});
        return {
          migrations: applied.length,
          fingerprint: createHash('sha256').update(new X509Certificate(edgeCa).raw).digest('hex'),
          sheetKeys: sheetKeys.map(({ publicKey }) => publicKey),
          productionCa: sshCas?.production ?? '',
        };
      } finally {
        client.close();
      }
    },
    async joinTokens(edges) {
      const tokens = new Map<string, string>();
      for (const { name, region, port, relayPort } of edges) {
        tokens.set(
          name,
          await expectEdge(owner, {
            name,
            region,
            url: `http://localhost:${port}`,
            relay: `${config.host}:${relayPort}`,
          }),
        );
      }
      return tokens;
    },
    gatewayToken: (name) => expectPeer(owner, `gateway:${name}`),
    hostToken: (name) => expectPeer(owner, `host:${name}`),
    async setupLink(staffOrigin) {
      const secret = await openSetupLink(owner);
      // In the fragment: browsers never send it, so it is in no server's log.
      return secret && `${staffOrigin}/setup#${secret}`;
    },
    stop: async () => embedded?.stop(),
  };
}

/** The embedded server, started again when it dies. */
async function keepEmbedded(
  config: LaunchConfig,
  secrets: Secrets,
  say: (line: string) => void,
): Promise<{ url: string; stop(): Promise<void> }> {
  let stopping = false;
  let server: EmbeddedServer;
  const start = async () => {
    server = await startEmbedded({
      home: join(config.home, 'postgres'),
      port: config.ports.database,
      password: secrets.database.owner,
    });
    remember(config.home, 'database', server.pid);
    void server.exited.then(async () => {
      forget(config.home, 'database');
      if (stopping) return;
      say('The database ended; starting it again');
      for (let pause = 200; !stopping; pause = Math.min(pause * 2, 5_000)) {
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (
          await start().then(
            () => true,
            () => false,
          )
        )
          return;
      }
    });
  };
  await start();
  await server!.ensureDatabase(NAME);
  return {
    url: server!.url(NAME),
    async stop() {
      stopping = true;
      await server.stop();
    },
  };
}
