/**
 * The door to the media engine. `startEngine` runs it as a supervised child process; the rest of the edge knows `port.ts`
 * only. An abort in native code ends the child, not the edge: its peers are gone (`down`), and a new one starts (`up`).
 */
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DEFAULT_LIMITS, type EngineLimits } from './limits';
import type { Engine, EngineOptions } from './port';
import type { EngineLoad } from './protocol';
import { type EngineLog, Supervisor, type SupervisorOptions } from './supervisor';

export type { EngineLimits } from './limits';
export type * from './port';
export type { EngineLoad } from './protocol';
export type { EngineLog } from './supervisor';

export interface StartEngineOptions extends EngineOptions {
  log: EngineLog;
  /** The child's program; by default `engine.mjs` beside the running bundle, or `child.ts` when running from source. */
  childPath?: string;
  limits?: Partial<EngineLimits>;
}

export interface StartedEngine extends Engine {
  /** Process id of the live child, or null while it is down. */
  pid(): number | null;
  /** Load of the child since its start, or null while it is down. */
  load(): Promise<EngineLoad | null>;
}

/** Resolves when the child is ready to take peers; rejects when it cannot start. */
export async function startEngine(options: StartEngineOptions): Promise<StartedEngine> {
  const { bindAddress, udpPort, publicAddress } = options;
  const supervisor = new Supervisor({
    command: childCommand(options.childPath),
    start: {
      type: 'start',
      options: { bindAddress, udpPort, publicAddress },
      limits: { ...DEFAULT_LIMITS, ...options.limits },
    },
    log: options.log,
  });
  await supervisor.start();
  return {
    pid: () => supervisor.pid,
    load: async () => (supervisor.pid === null ? null : supervisor.request('load', null, NO_LOAD)),
    open: (peer) =>
      supervisor.request('open', peer, {
        ok: false,
        code: 'engine.unavailable',
        detail: 'the media engine is restarting',
      }),
    // Without a child nothing is forwarded: both are obeyed then.
    setPermissions: async (peerId, permissions, expiresAt) => {
      await supervisor.request('permissions', { peerId, permissions, expiresAt }, null);
    },
    close: (peerId) => supervisor.request('close', { peerId }, { lastPacketAt: null }),
    stats: () => supervisor.request('stats', null, []),
    on: (listener) => supervisor.on(listener),
    stop: () => supervisor.stop(),
  };
}

const NO_LOAD: EngineLoad = {
  peers: 0,
  pending: 0,
  residentBytes: 0,
  cpuMicroseconds: 0,
  loopDelayP99Ms: 0,
  loopDelayMaxMs: 0,
  packetsIn: 0,
  packetsOut: 0,
  oldestPacketMs: 0,
};

function childCommand(childPath: string | undefined): SupervisorOptions['command'] {
  const fromSource = import.meta.url.endsWith('.ts');
  const path = childPath ?? fileURLToPath(new URL(fromSource ? './child.ts' : './engine.mjs', import.meta.url));
  // The edge's environment holds secrets; the child needs none of it.
  const env: NodeJS.ProcessEnv = { NODE_ENV: 'production', PATH: process.env.PATH };
  if (!path.endsWith('.ts')) return { path, execArgv: [], env };
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  env.TSX_TSCONFIG_PATH = fileURLToPath(new URL('../../tsconfig.json', import.meta.url));
  return { path, execArgv: ['--import', loader], env };
}
