'use client';
/**
 * The rows, and the opened one in a panel. The row stands in the URL, but opening it asks the server for nothing: reading the
 * log is itself an event, and one page read once is one event.
 */
import { useSearchParams } from 'next/navigation';
import type { MouseEvent, ReactNode } from 'react';
import { SidePanel } from '@/app/_ui/dialog';
import { formatExact } from '@/app/_ui/format';
import { type Params, withParams } from '@/app/_ui/query';
import type { AuditView } from '@/lib/audit-log/schemas';
import type { LogView } from '@/lib/transparency/schemas';
import { AuditEvent } from './audit-event';
import { type Named, nameOf } from './words';

export interface OpenEventProps {
  events: readonly AuditView[];
  projects: Named;
  path: string;
  /** Path of the log where acts and objects are looked up, where it is another. */
  acts?: string;
  files: string;
  keep: Params;
  log: LogView;
  children: ReactNode;
}

export function OpenEvent({ events, projects, path, acts = path, files, keep, log, children }: OpenEventProps) {
  const params = useSearchParams();
  const row = params.get('row');
  const opened = events.find(({ id }) => id === row);

  function open(event: MouseEvent) {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || !(event.target instanceof Element))
      return;
    const link = event.target.closest<HTMLAnchorElement>('a[data-row-link]');
    if (!link) return;
    event.preventDefault();
    window.history.pushState(null, '', link.href);
  }

  function close() {
    const rest = new URLSearchParams(params);
    rest.delete('row');
    window.history.replaceState(null, '', rest.size > 0 ? `${path}?${rest}` : path);
  }

  return (
    <div onClickCapture={open}>
      {children}
      {opened ? (
        <SidePanel
          open
          onOpenChange={(wanted) => (wanted ? undefined : close())}
          title={opened.sentence}
          lede={formatExact(opened.at, true)}
          wide
        >
          <AuditEvent
            event={opened}
            project={opened.projectId ? nameOf(projects, opened.projectId) : undefined}
            actHref={withParams(acts, keep, { act: opened.actId })}
            evidenceHref={`${files}/${opened.id}/evidence`}
            proofHref={`${files}/${opened.id}/proof`}
            log={log}
          />
        </SidePanel>
      ) : null}
    </div>
  );
}
