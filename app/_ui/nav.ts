/** The rail as data. Names are jobs: Fence, Provider access, Who can do what; not tables. */
import type { IconName } from './icon';

export interface NavItem {
  label: string;
  href: string;
  icon: IconName;
  /** Small figure at the right: sessions now, requests waiting. */
  count?: string | number;
  /** The figure wants a look. */
  hot?: boolean;
  /** `G` then this letter goes there. */
  go?: string;
  /** Only this very path is active, not what lies below it: overviews. */
  exact?: boolean;
}

export interface NavGroup {
  label?: string;
  items: readonly NavItem[];
}

/** The entry the path is at or below; the longest match wins. */
export function activeItem(groups: readonly NavGroup[], path: string): NavItem | undefined {
  let best: NavItem | undefined;
  for (const item of groups.flatMap((group) => group.items)) {
    const at = path === item.href || (!item.exact && path.startsWith(`${item.href}/`));
    if (at && item.href.length > (best?.href.length ?? -1)) best = item;
  }
  return best;
}
