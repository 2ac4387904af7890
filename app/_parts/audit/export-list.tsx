/** Exports of a log: how far they are, and the files. */
import Link from 'next/link';
import { ButtonLink } from '@/app/_ui/button';
import { Command } from '@/app/_ui/command';
import { Empty } from '@/app/_ui/empty';
import { formatNumber } from '@/app/_ui/format';
import { Icon } from '@/app/_ui/icon';
import { Row, Stack } from '@/app/_ui/layout';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { type ExportView, exportName } from '@/lib/audit-export/schemas';
import { FORMAT_WORDS, openCommand, stateOf, verifyCommand } from './export-words';

export interface ExportListProps {
  exports: readonly ExportView[];
  /** Path of this page; the files are below it. */
  path: string;
  /** The log's own page. */
  logHref: string;
}

export function ExportList({ exports, path, logHref }: ExportListProps) {
  const ready = exports.filter(({ state }) => state === 'ready');
  const pack = ready.find(({ format }) => format === 'pack');
  const sealed = ready.find(({ encrypted }) => encrypted);
  return (
    <Stack gap={6}>
      <Table
        label="Exports"
        edge
        rows={exports}
        rowKey={({ id }) => id}
        tone={({ state }) => (state === 'failed' ? 'fail' : undefined)}
        density="tall"
        columns={[
          { id: 'what', head: 'Export', grow: true, cell: (one) => <What {...one} /> },
          {
            id: 'range',
            head: 'Places',
            hide: true,
            tight: true,
            cell: ({ from, to }) => `#${formatNumber(from)} to #${formatNumber(to - 1)}`,
          },
          {
            id: 'events',
            head: 'Events',
            align: 'num',
            hide: true,
            cell: ({ events }) => (events === null ? '–' : formatNumber(events)),
          },
          { id: 'who', head: 'Asked for by', hide: true, cell: ({ requestedBy }) => <bdi>{requestedBy ?? '–'}</bdi> },
          { id: 'when', head: 'When', hide: true, tight: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
          { id: 'state', head: 'State', tight: true, cell: (one) => <State {...one} /> },
          {
            id: 'file',
            head: 'File',
            tight: true,
            cell: ({ id, state }) =>
              state === 'ready' ? (
                <ButtonLink href={`${path}/${id}/file`} icon="download" size="sm" prefetch={false} download>
                  Download
                </ButtonLink>
              ) : null,
          },
        ]}
        menu={({ id, format, encrypted, sha256, state }) => [
          ...(sha256 ? [{ label: 'Copy SHA-256 of the file', copy: sha256 }] : []),
          ...(encrypted && state === 'ready'
            ? [{ label: 'Copy command to open', copy: openCommand(exportName(id, { format, encrypted })) }]
            : []),
          ...(format === 'pack' && state === 'ready'
            ? [{ label: 'Copy command to verify', copy: verifyCommand(exportName(id, { format, encrypted: false })) }]
            : []),
          ...(sha256 ? [{ label: 'Description, as JSON', href: `${path}/${id}/about` }] : []),
        ]}
        empty={
          <Empty
            title="No exports yet"
            action={
              <Link className="link" href={logHref}>
                To the log
              </Link>
            }
          >
            Choose what to show in the log, then Export. Files are kept for 24 hours.
          </Empty>
        }
      />
      {sealed ? (
        <Section title="Open an encrypted file">
          <Stack gap={3}>
            <p className="quiet">Where the secret key is, with age (age-encryption.org):</p>
            <Command>{openCommand(exportName(sealed.id, sealed))}</Command>
          </Stack>
        </Section>
      ) : null}
      {pack ? (
        <Section title="Check a pack">
          <Stack gap={3}>
            <p className="quiet">
              On any machine, without this console, against the{' '}
              <Link className="link" href="/transparency" prefetch={false}>
                key of the log
              </Link>
              , saved as a file, or{' '}
              <a className="link" href="/verify">
                in the browser
              </a>
              :
            </p>
            <Command>{verifyCommand(exportName(pack.id, { format: 'pack', encrypted: false }))}</Command>
          </Stack>
        </Section>
      ) : null}
    </Stack>
  );
}

function What({ format, encrypted, filter, problem }: ExportView) {
  return (
    <Stack gap={1}>
      <Row gap={2}>
        {FORMAT_WORDS[format]}
        {encrypted ? <Icon name="lock" label="Encrypted" /> : null}
      </Row>
      <span className="small quiet">
        {problem ?? (filter.length === 0 ? 'All events' : <Mono wrap>{filter.join('; ')}</Mono>)}
      </span>
    </Stack>
  );
}

function State(one: ExportView) {
  const { glyph, word, detail } = stateOf(one);
  return <Status state={glyph} word={word} detail={detail} />;
}
