'use client';
import { useEffect } from 'react';
import { type Act, acts } from './page-store';

/** The acts of this page, for the palette. Server pages give links; client code may give `run`. */
export function PageActs({ acts: items }: { acts: readonly Act[] }) {
  useEffect(() => acts.add(items), [items]);
  return null;
}
