'use client';
/** A side panel whose being open is part of the URL: it can be linked to, and Back closes it. */
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { SidePanel } from '../_ui/dialog';

export interface UrlPanelProps {
  title: ReactNode;
  lede?: ReactNode;
  /** The same page without the panel. */
  closeHref: string;
  wide?: boolean;
  children: ReactNode;
}

export function UrlPanel({ closeHref, ...panel }: UrlPanelProps) {
  const router = useRouter();
  return <SidePanel {...panel} open onOpenChange={(open) => open || router.push(closeHref, { scroll: false })} />;
}
