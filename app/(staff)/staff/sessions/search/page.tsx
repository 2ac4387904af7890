import type { Metadata } from 'next';
import { targetName } from '@/app/_parts/access/words';
import { Crumb } from '@/app/_ui/crumb';
import { Empty } from '@/app/_ui/empty';
import { Filters } from '@/app/_ui/filters';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { one, type Params } from '@/app/_ui/query';
import { NameCell, Table } from '@/app/_ui/table';
import { clock } from '@/app/_ui/terminal-replay/clock';
import { Time } from '@/app/_ui/time';
import { auditSource } from '@/lib/identity';
import { searchRecordings } from '@/lib/recordings';
import { wordsQuery } from '@/lib/recordings/schemas';
import { staff } from '../../../_frame/door';

export const metadata: Metadata = { title: 'Search of screens' };

export default async function SearchPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const { words } = wordsQuery.catch({ words: '' }).parse({ words: one(params, 'words') });
  const hits = await searchRecordings({ secret: page.secret, source: await auditSource() }, words);
  const all = page.reason('read', 'SessionRecording') === undefined;
  return (
    <Page>
      <Crumb items={[{ label: 'Search' }]} />
      <PageHead
        title="On the screens"
        count={words.trim() === '' ? undefined : hits.length}
        lede={`What was on the screen of ${all ? 'sessions' : 'your own sessions'}, once they are over. Every search is recorded.`}
      />
      <Filters
        path="/staff/sessions/search"
        params={{}}
        search={{ name: 'words', value: words, placeholder: 'Find what was on a screen' }}
      />
      <Table
        label="Places on screens"
        density="row"
        edge
        rows={hits}
        rowKey={({ session, second, text }) => `${session} ${second} ${text}`}
        // Seconds are whole ones: it stood there when this one was over.
        href={({ session, second }) => `/staff/sessions/${session}?at=${second + 1}`}
        columns={[
          {
            id: 'text',
            head: 'On the screen',
            grow: true,
            cell: ({ text, person, target }) => (
              <NameCell name={<bdi>{text}</bdi>} under={`${person}, ${targetName(target)}`} />
            ),
          },
          { id: 'at', head: 'At', align: 'num', tight: true, cell: ({ second }) => clock(second) },
          { id: 'who', head: 'Who', hide: true, cell: ({ person }) => person },
          { id: 'target', head: 'Target', hide: true, cell: ({ target }) => targetName(target) },
          { id: 'opened', head: 'Session of', hide: true, cell: ({ openedAt }) => <Time at={openedAt} /> },
        ]}
        empty={
          words.trim() === '' ? (
            <Empty title="Words, or the beginnings of words">
              All of them have to stand in one line of a screen. Punctuation parts words.
            </Empty>
          ) : (
            <Empty title="On no screen">No line of a screen that you may see has all of these words.</Empty>
          )
        }
        foot={<Pager shown={hits.length} noun={hits.length === 200 ? 'newest places' : 'places'} />}
      />
    </Page>
  );
}
