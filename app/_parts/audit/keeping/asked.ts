import { erasureOutlook, type Keeper } from '@/lib/audit-retention';
import { isCordonError } from '@/lib/platform';
import type { KeepingProps } from './keeping';

/** What erasing the person of the page's address would do; undefined when it names nobody. */
export async function askedFor(keeper: Keeper, person: string | undefined): Promise<KeepingProps['asked']> {
  if (!person) return undefined;
  try {
    return { outlook: await erasureOutlook(keeper, person) };
  } catch (error) {
    if (!isCordonError(error)) throw error;
    return { problem: error.publicMessage };
  }
}
