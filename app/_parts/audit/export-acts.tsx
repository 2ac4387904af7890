/** The ways out of a log from its page: streams and exports. */
import { ButtonLink } from '@/app/_ui/button';
import { Row } from '@/app/_ui/layout';
import { ExportLog, type ExportLogProps } from './export-log';

export function ExportActs({ href, streams, ...props }: ExportLogProps & { href: string; streams: string }) {
  return (
    <Row gap={2}>
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
