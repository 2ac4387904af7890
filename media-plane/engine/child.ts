/** The engine process: native WebRTC and the forwarding path, told what to do by its parent and gone when its parent is. */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { cleanup } from 'node-datachannel';
import { Plane } from './plane';
import type { FromChild, Operations, Request, Start, ToChild } from './protocol';

const RECOVER_MS = 20;
const SWEEP_MS = 100;
const REPORT_MS = 1_000;

const delay = monitorEventLoopDelay({ resolution: 100 });
let plane: Plane | null = null;

/** The library binds the port only with the first peer; a port that is taken should be known at once. */
function start({ options, limits }: Start): void {
  const { bindAddress, udpPort } = options;
  const probe = createSocket(isIPv6(bindAddress) ? 'udp6' : 'udp4');
  probe.once('error', () => crash(`UDP port ${udpPort} on ${bindAddress} cannot be bound`));
  probe.bind(udpPort, bindAddress, () =>
    probe.close(() => {
      plane = new Plane(options, limits, (event) => tell({ type: 'event', event }));
      tell({ type: 'ready' });
    }),
  );
}

function tell(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

const timers: NodeJS.Timeout[] = [];

/** The timers run only while there are peers: an idle engine sleeps. */
function wake(plane: Plane): void {
  if (timers.length > 0) return;
  const every = (ms: number, act: (now: number) => void) => timers.push(setInterval(() => act(Date.now()), ms));
  every(RECOVER_MS, (now) => plane.recover(now));
  every(REPORT_MS, (now) => plane.report(now));
  every(SWEEP_MS, (now) => {
    plane.sweep(now);
    if (plane.size.peers === 0) for (const timer of timers.splice(0)) clearInterval(timer);
  });
}

async function perform(plane: Plane, request: Request): Promise<Operations[Request['operation']]['output']> {
  const now = Date.now();
  switch (request.operation) {
    case 'open':
      wake(plane);
      return plane.open(request.input, now);
    case 'permissions': {
      const { peerId, permissions, expiresAt } = request.input;
      plane.setPermissions(peerId, permissions, expiresAt, now);
      return null;
    }
    case 'close':
      return plane.close(request.input.peerId);
    case 'stats':
      return plane.stats();
    case 'load':
      return load(plane);
  }
}

function load(plane: Plane): Operations['load']['output'] {
  const cpu = process.cpuUsage();
  const { packetsIn, packetsOut } = plane.forwarder;
  const oldestPacketMs = plane.oldestPacketMs(Date.now());
  const answer = {
    ...plane.size,
    residentBytes: process.memoryUsage.rss(),
    cpuMicroseconds: cpu.user + cpu.system,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    loopDelayMaxMs: delay.max / 1e6,
    packetsIn,
    packetsOut,
    oldestPacketMs,
  };
  delay.reset();
  return answer;
}

process.on('message', (message: ToChild) => {
  if (message.type === 'start') {
    start(message);
  } else if (message.type === 'stop') {
    cleanup();
    process.exit(0);
  } else if (plane) {
    const { id } = message;
    perform(plane, message).then(
      (output) => tell({ type: 'reply', id, output }),
      // A programming error: the parent restarts us rather than going on with a plane in doubt.
      (error: unknown) => crash(error),
    );
  }
});

function crash(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(70);
}

process.on('uncaughtException', crash);
// Ctrl-C and a service manager signal the whole group; the parent drains first, and our end is the end of its channel.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// No tidying up: the native threads must not outlive the parent by a single packet.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

delay.enable();
