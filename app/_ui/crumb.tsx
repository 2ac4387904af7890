'use client';
import { useEffect } from 'react';
import { type CrumbItem, crumbs } from './page-store';

/** Adds to the breadcrumb behind the rail entry: the change, the session, the request shown here. */
export function Crumb({ items }: { items: readonly CrumbItem[] }) {
  useEffect(() => crumbs.add(items), [items]);
  return null;
}
