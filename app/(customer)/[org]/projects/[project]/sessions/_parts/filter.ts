import { one, type Params } from '@/app/_ui/query';
import { type DecisionFilter, decisionFilter } from '@/lib/fleet/schemas';

export const FILTERS = ['verdict', 'code', 'account', 'channel', 'edge'] as const;

/** The filter of the address; a value no decision could have is left out rather than refused. */
export function readFilter(search: Params): DecisionFilter {
  const filter: Record<string, string> = {};
  for (const name of FILTERS) {
    const value = one(search, name);
    if (value !== undefined && decisionFilter.safeParse({ [name]: value }).success) filter[name] = value;
  }
  return decisionFilter.parse(filter);
}

export const TABS = ['live', 'ended', 'decisions'] as const;
export type Tab = (typeof TABS)[number];
export const readTab = (search: Params): Tab => TABS.find((tab) => tab === one(search, 'tab')) ?? 'live';

/** Direction of a session as the edge reports it, in words. */
export function directionWords(direction: string): string {
  const words: Record<string, string> = { publish: 'sends', subscribe: 'plays', both: 'sends and plays' };
  return words[direction] ?? direction;
}
