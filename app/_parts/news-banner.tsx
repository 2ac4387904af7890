/** What happened to the account while this session was not there to see it. Dismissing says "this was me"; the list keeps everything. */
import { ButtonLink } from '@/app/_ui/button';
import { ActionForm } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Note } from '@/app/_ui/note';
import { SubmitButton } from '@/app/_ui/submit';
import { Time } from '@/app/_ui/time';
import { dismissNoticesAction } from '@/app/account/notice-actions';
import type { NoticeView } from '@/lib/notices/schemas';
import styles from './news-banner.module.css';

const SHOWN = 3;

export function NewsBanner({ news }: { news: readonly NoticeView[] }) {
  const shown = news.slice(0, SHOWN);
  const more = news.length - shown.length;
  return (
    <section className={styles.place} aria-label="News of your account">
      <Note tone="notice">
        <ul className={styles.list}>
          {shown.map(({ id, title, detail, device, network, at }) => (
            <li key={id}>
              <strong>{title}</strong>
              {detail ? <bdi className={styles.detail}> {detail}</bdi> : null}
              <span className={styles.where}>
                {[device, network].filter(Boolean).join(', ')}
                {device || network ? ', ' : null}
                <Time at={at} />
              </span>
            </li>
          ))}
          {more > 0 ? (
            <li>
              <a className="link" href="/account#news">
                and {more} more
              </a>
            </li>
          ) : null}
        </ul>
        <div className={styles.acts}>
          <ActionForm action={dismissNoticesAction as FormAction} hidden={{ ids: shown.map(({ id }) => id).join(' ') }}>
            <SubmitButton size="sm" variant="default">
              {shown.some(({ own }) => own) ? 'This was me' : 'Dismiss'}
            </SubmitButton>
          </ActionForm>
          {shown.some(({ own }) => own) ? (
            <ButtonLink href="/account/not-me" size="sm">
              This was not me…
            </ButtonLink>
          ) : null}
        </div>
      </Note>
    </section>
  );
}
