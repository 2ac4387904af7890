/** The way to exports from a page of a log. */
import { ButtonLink } from '@/app/_ui/button';
import { Row } from '@/app/_ui/layout';
import { ExportLog, type ExportLogProps } from './export-log';

export function ExportActs({ href, ...props }: ExportLogProps & { href: string }) {
  return (
    <Row gap={2}>
      <ButtonLink href={href} prefetch={false}>
        Exports
      </ButtonLink>
      <ExportLog {...props} />
    </Row>
  );
}
