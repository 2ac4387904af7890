/** What an auditor sees and until when, at the top of every page of theirs. */
import { formatExact } from '@/app/_ui/format';
import { Note } from '@/app/_ui/note';
import { Time } from '@/app/_ui/time';
import { ownTerms } from '@/lib/auditors';
import styles from './scope-bar.module.css';

const SOON_MS = 3 * 86_400_000;

export async function ScopeBar({ secret, organisationId }: { secret: string; organisationId: string }) {
  const terms = await ownTerms(secret, organisationId);
  if (!terms) return null;
  const { until, projects, from, before } = terms;
  const time =
    from || before
      ? `events${from ? ` from ${formatExact(from)}` : ''}${before ? ` to before ${formatExact(before)}` : ''}`
      : 'events of all times';
  const soon = until.getTime() - Date.now() < SOON_MS;
  return (
    <section className={styles.place} aria-label="What you see">
      <Note tone={soon ? 'notice' : 'quiet'}>
        You see: {projects ? `${projects.length} ${projects.length === 1 ? 'project' : 'projects'}` : 'all projects'},{' '}
        {time}, until <time dateTime={until.toISOString()}>{formatExact(until)}</time>
        {soon ? (
          <>
            , <Time at={until} />
          </>
        ) : null}
        .
      </Note>
    </section>
  );
}
