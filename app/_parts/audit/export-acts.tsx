/** The ways out of a log from its page, and to what is kept of it. */
import type { ReactNode } from 'react';
import { ButtonLink } from '@/app/_ui/button';
import { Row } from '@/app/_ui/layout';
import { ExportLog, type ExportLogProps } from './export-log';

export interface ExportActsProps extends ExportLogProps {
  href: string;
  streams: string;
  retention: string;
  /** Further ways, before these. */
  children?: ReactNode;
}

export function ExportActs({ href, streams, retention, children, ...props }: ExportActsProps) {
  return (
    <Row gap={2} wrap>
      {children}
      <ButtonLink href={retention} prefetch={false}>
        Retention
      </ButtonLink>
      <ButtonLink href={streams} prefetch={false}>
        Streams
      </ButtonLink>
      <ButtonLink href={href} prefetch={false}>
        Exports
      </ButtonLink>
      <ExportLog {...props} />
    </Row>
  );
}
