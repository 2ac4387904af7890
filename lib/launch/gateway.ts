import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchConfig } from './config';
import type { LaunchDatabase } from './database';
import { giveDirectories, ownUser } from './own-user';
import { GATEWAY_NAME, gatewayPlan, isGatewayEnrolled, paths } from './plan';
import type { Secrets } from './secrets';
import type { ProcessPlan } from './supervise';

/** Prepares the directories of the gateway and says how it is started. Only a first start gets a join token. */
export async function prepareGateway(
  config: LaunchConfig,
  secrets: Secrets,
  database: LaunchDatabase,
  fingerprint: string,
  say: (line: string) => void,
): Promise<ProcessPlan> {
  const at = paths(config.home);
  const { owner, bundle, why } = ownUser('gateway', config.home, join(config.root, '.build', 'gateway.mjs'));
  if (why) say(`The gateway runs as the same user as everything else: ${why}`);
  giveDirectories([at.gatewayHome], owner);
  if (!existsSync(at.gatewayTargets)) writeFileSync(at.gatewayTargets, '{}\n', { mode: 0o644 });
  const token = isGatewayEnrolled(config) ? null : await database.gatewayToken(GATEWAY_NAME);
  return gatewayPlan(config, secrets, bundle, owner, { token, fingerprint });
}
