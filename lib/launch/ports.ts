import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { ConfigError, type LaunchConfig } from './config';
import { hasGateway } from './plan';

/** Refuses to start when a port is taken, naming the variable that moves it. Nothing has been started yet at this point. */
export async function assertPortsFree(config: LaunchConfig): Promise<void> {
  const { host, ports } = config;
  const wanted: [port: number, variable: string, what: string, kind: 'tcp' | 'udp'][] = [
    [ports.console, 'PORT', 'the console', 'tcp'],
    [ports.control, 'CORDON_CONTROL_PORT', 'control', 'tcp'],
    ...(hasGateway(config)
      ? [[ports.gateway, 'CORDON_GATEWAY_PORT', 'the gateway', 'tcp'] as [number, string, string, 'tcp']]
      : []),
    ...(config.demoHost
      ? [[ports.demoHost, 'CORDON_DEMO_HOST_PORT', "the demo's sshd", 'tcp'] as [number, string, string, 'tcp']]
      : []),
    ...(config.databaseUrl
      ? []
      : [[ports.database, 'CORDON_DB_PORT', 'the database', 'tcp'] as [number, string, string, 'tcp']]),
    ...config.edges.flatMap((edge): [number, string, string, 'tcp' | 'udp'][] => [
      [edge.port, 'CORDON_EDGE_PORT', `edge ${edge.name}`, 'tcp'],
      [edge.relayPort, 'CORDON_EDGE_PORT', `the relay of edge ${edge.name}`, 'tcp'],
      [edge.mediaPort, 'CORDON_EDGE_PORT', `the media of edge ${edge.name}`, 'udp'],
    ]),
  ];
  const taken = (
    await Promise.all(
      wanted.map(async ([port, variable, what, kind]) =>
        (await isFree(host, port, kind)) ? null : { port, variable, what },
      ),
    )
  ).filter((entry) => entry !== null);
  const first = taken[0];
  if (first) {
    throw new ConfigError(
      `Port ${first.port} is taken, and ${first.what} needs it. Stop what uses it, or choose another with ${first.variable}, for example ${first.variable}=${first.port + 100}.`,
    );
  }
}

function isFree(host: string, port: number, kind: 'tcp' | 'udp'): Promise<boolean> {
  return new Promise((resolve) => {
    if (kind === 'udp') {
      const socket = createSocket('udp4');
      socket.once('error', () => resolve(false));
      socket.bind(port, host, () => socket.close(() => resolve(true)));
    } else {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, host, () => server.close(() => resolve(true)));
    }
  });
}
