'use client';
/** What the page inside tells the frame around it: its acts for the palette, its tail of the breadcrumb. */
import { useSyncExternalStore } from 'react';
import type { IconName } from './icon';

export interface Act {
  id: string;
  label: string;
  href?: string;
  run?: () => void;
  icon?: IconName;
  /** Quiet words at the right: "asks for your code". */
  hint?: string;
  /** Why it is not possible: listed, not runnable. */
  reason?: string;
}

export interface CrumbItem {
  label: string;
  href?: string;
}

function store<T>() {
  const none: readonly T[] = [];
  const parts = new Map<symbol, readonly T[]>();
  const listeners = new Set<() => void>();
  let all = none;
  const changed = () => {
    all = [...parts.values()].flat();
    for (const listener of listeners) listener();
  };
  return {
    /** Adds items until the returned function is called. */
    add(items: readonly T[]): () => void {
      const key = Symbol('part');
      parts.set(key, items);
      changed();
      return () => {
        parts.delete(key);
        changed();
      };
    },
    use: () =>
      useSyncExternalStore(
        (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        () => all,
        () => none,
      ),
  };
}

export const acts = store<Act>();
export const crumbs = store<CrumbItem>();
