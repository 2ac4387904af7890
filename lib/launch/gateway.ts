import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchConfig } from './config';
import { giveDirectories, ownUser } from './own-user';
import { gatewayPlan, paths } from './plan';
import type { Secrets } from './secrets';
import type { ProcessPlan } from './supervise';

/**
 * The gateway is started once somebody has given it a join token, and ever after. It would cost every installation 65 MB and a second, and a way
 * into production is nothing to open unasked.
 */
export const hasGateway = ({ home, gatewayJoinToken }: LaunchConfig): boolean =>
  gatewayJoinToken !== null || existsSync(join(paths(home).gatewayHome, 'identity.json'));

/** Prepares its directories and says how it is started. */
export function prepareGateway(
  config: LaunchConfig,
  secrets: Secrets,
  fingerprint: string,
  say: (line: string) => void,
): ProcessPlan {
  const at = paths(config.home);
  const { owner, bundle, why } = ownUser('gateway', config.home, join(config.root, '.build', 'gateway.mjs'));
  if (why) say(`The gateway runs as the same user as everything else: ${why}`);
  giveDirectories([at.gatewayHome], owner);
  if (!existsSync(at.gatewayTargets)) writeFileSync(at.gatewayTargets, '{}\n', { mode: 0o644 });
  return gatewayPlan(config, secrets, bundle, owner, fingerprint);
}
