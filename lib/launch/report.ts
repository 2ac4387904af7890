import { REGION_NAMES } from '@/lib/kernel/region';
import type { LaunchConfig } from './config';
import { hasGateway, paths } from './plan';

/** What runs where, and what to do next. */
export function report(config: LaunchConfig, { link, seconds }: { link: string | null; seconds: number }): void {
  const rows: [string, string, string][] = [
    ['console', config.consoleOrigin, 'customers and auditors'],
    ['', config.staffOrigin, "the provider's staff"],
    ['control', `https://${config.host}:${config.ports.control}`, 'edges dial in here'],
    [
      'database',
      config.databaseUrl ? 'DATABASE_URL' : `${config.host}:${config.ports.database}`,
      config.databaseUrl ? 'yours' : 'embedded PostgreSQL',
    ],
    ...(hasGateway(config)
      ? [
          ['gateway', `${config.host}:${config.ports.gateway}`, "employees' SSH, into production"] as [
            string,
            string,
            string,
          ],
        ]
      : []),
    ...(config.demoHost
      ? [
          ['demo-1', `${config.host}:${config.ports.demoHost}`, 'a production host, for the gateway'] as [
            string,
            string,
            string,
          ],
        ]
      : []),
    ...config.edges.map((edge): [string, string, string] => [
      edge.name,
      `http://localhost:${edge.port}`,
      `${REGION_NAMES[edge.region]}, media on UDP ${edge.mediaPort}`,
    ]),
  ];
  const width = Math.max(...rows.map(([, url]) => url.length));
  console.log(`\nCordon is ready after ${seconds.toFixed(1)} s.\n`);
  for (const [name, url, what] of rows) console.log(`  ${name.padEnd(9)} ${url.padEnd(width)}  ${what}`);
  console.log(
    `\n  Data in ${config.home}, logs in ${paths(config.home).logs}. Regions are declared, not real places: everything runs on this machine.`,
  );
  if (link)
    console.log(
      `\n  First run: open this link once to become the provider's administrator (valid for 24 hours)\n\n    ${link}\n`,
    );
  console.log('  Ctrl-C stops everything.');
}
