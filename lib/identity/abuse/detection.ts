import 'server-only';
import { createLog } from '@/lib/platform';
import { detect } from './detect';
import { DETECTION } from './limits';
import * as store from './store';

/**
 * Looks for attacks after failures, beside the answer to whoever failed: at most every ten seconds, by one console at a time. What is found
 * stands in the provider's log and on the staff's page, and makes the allowances stricter while it lasts.
 */
const log = createLog('console');

/** Networks this process saw lately, by their key, so that a finding can name the one it is about. */
const networks = new Map<string, string>();
const NETWORKS_KEPT = 1000;

export function sawNetwork(key: string | null, prefix: string): void {
  if (key === null) return;
  networks.delete(key);
  networks.set(key, prefix);
  if (networks.size > NETWORKS_KEPT) networks.delete(networks.keys().next().value!);
}

let looking: Promise<void> | null = null;
let nextLook = 0;

/** Begins a look when it is time for one. */
export function lookForAttacks(): void {
  if (looking || Date.now() < nextLook) return;
  nextLook = Date.now() + DETECTION.everySeconds * 1000;
  looking = look()
    .catch((error) => log.error('could not look for attacks', { error }))
    .finally(() => {
      looking = null;
    });
}

/** Resolves when no look is under way. For tests, and before the database is closed. */
export const looked = async (): Promise<void> => void (await looking);

/** Looks now, unless another console did so within the last ten seconds. */
export async function look(): Promise<void> {
  const attempts = await store.attemptsToLookAt();
  for (const finding of attempts ? detect(attempts, Date.now()) : []) {
    await store.recordFinding(finding, finding.scope === 'network' ? (networks.get(finding.subject) ?? '') : '');
  }
}
