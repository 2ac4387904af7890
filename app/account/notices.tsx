/** The list "What happened to this account", newest first, and whether mail goes out too. */
import { ButtonLink } from '@/app/_ui/button';
import { Stack } from '@/app/_ui/layout';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { listNotices, mailConfigured } from '@/lib/notices';
import type { NoticeView } from '@/lib/notices/schemas';

export async function Notices({ secret, email }: { secret: string; email: string }) {
  const notices = await listNotices(secret);
  return (
    <Section
      title="What happened to this account"
      aside={<ButtonLink href="/account/not-me">This was not me…</ButtonLink>}
    >
      <Stack gap={3}>
        <NoticesTable notices={notices} />
        <p className="small quiet">
          {mailConfigured()
            ? `Each is also mailed to ${email}.`
            : 'Mail is not configured here: you learn of these only by looking.'}
        </p>
      </Stack>
    </Section>
  );
}

function NoticesTable({ notices }: { notices: readonly NoticeView[] }) {
  return (
    <Table
      label="What happened to this account"
      density="row"
      edge
      rows={notices}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'what',
          head: 'What',
          grow: true,
          cell: ({ title, says, detail, unread }) => (
            <span title={says}>
              <NameCell name={title} more={detail || undefined} under={unread ? 'new' : detail} />
            </span>
          ),
        },
        { id: 'device', head: 'Device', hide: true, quiet: true, cell: ({ device }) => device || 'somebody else' },
        { id: 'network', head: 'Network', hide: true, cell: ({ network }) => <Mono>{network || '–'}</Mono> },
        {
          id: 'seen',
          head: 'Seen',
          hide: true,
          cell: ({ unread }) => (unread ? <Status state="open" word="New" /> : <span className="quiet">seen</span>),
        },
        { id: 'at', head: 'When', cell: ({ at }) => <Time at={at} /> },
      ]}
      empty={<p className="quiet">Nothing yet. New sign-ins, changes of factors and the like will stand here.</p>}
    />
  );
}
