import { targetName, targetsLine } from '@/app/_parts/access/words';
import type { ProviderAccessView } from '@/lib/grants/schemas';

/** What a request reaches, in the customer's words: an App ID is a project of its own. */
type Reach = Pick<ProviderAccessView, 'targets' | 'projects'>;

export const isApp = (target: string): boolean => target.startsWith('app:');

export const reachName = ({ projects }: Reach, target: string): string =>
  projects.find(({ appId }) => `app:${appId}` === target)?.name ?? targetName(target);

/** In one line: the first, and how many more. */
export const reachLine = (of: Reach): string => targetsLine(of.targets, (target) => reachName(of, target));
