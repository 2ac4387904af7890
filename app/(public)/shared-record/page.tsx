import type { Metadata } from 'next';
import { targetName } from '@/app/_parts/access/words';
import { stateWords } from '@/app/_parts/recording/words';
import { ButtonLink } from '@/app/_ui/button';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { Gate } from '@/app/_ui/gate';
import { HomeLink } from '@/app/_ui/home-link';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { viewCookie } from '@/lib/identity';
import { markOf, readShared, recordingErrors } from '@/lib/recordings';
import type { SharedView } from '@/lib/recordings/schemas';
import { OpenShare } from './open-share';
import styles from './shared-record.module.css';
import { SharedReplay } from './shared-replay';

export const metadata: Metadata = {
  title: 'Shared screen record',
  robots: { index: false, follow: false, noarchive: true },
  referrer: 'no-referrer',
};

/** A screen record for somebody without an account: the player, and what it takes to verify it elsewhere. */
export default async function SharedRecordPage() {
  const shared = await readShared(await viewCookie()).catch((error) => {
    if (recordingErrors.is(error)) return null;
    throw error;
  });
  if (!shared)
    return (
      <Gate title="Shared screen record" lede="Shown to one person, for a time.">
        <OpenShare />
        <noscript>Reading the key from a link needs JavaScript on this page.</noscript>
      </Gate>
    );
  return <Shared of={shared} />;
}

const FILES = [
  { as: 'rec', label: 'Record, .rec' },
  { as: 'heads', label: 'Heads of the audit log' },
  { as: 'cast', label: 'For asciinema, .cast' },
] as const;

function Shared({ of }: { of: SharedView }) {
  const { recording, target, startedAt, recipient, openedAt, endsAt, viewsLeft } = of;
  const words = stateWords(recording.state);
  return (
    <div className={styles.window}>
      <header className={styles.top}>
        <HomeLink />
      </header>
      <main className={styles.page} id="content">
        <h1 className={styles.title}>Screen record of a session on {targetName(target)}</h1>
        <DefinitionList
          items={[
            { term: 'Shown to', value: recipient },
            { term: 'This view', value: <Time at={openedAt} mode="exact" /> },
            { term: 'It ends', value: <Time at={endsAt} mode="exact" /> },
            { term: 'Views left', value: String(viewsLeft) },
            { term: 'Session', value: <Mono wrap>{recording.session}</Mono> },
            { term: 'Began', value: startedAt ? <Time at={startedAt} mode="exact" /> : '–' },
          ]}
        />
        <Note tone={words.tone} title={words.title}>
          {words.says} Compared with {recording.heads} heads of the provider’s audit log.
          {recording.redacted > 0
            ? ` ${recording.redacted} lines are withheld; that they were there, and when, is part of what was verified.`
            : ' Nothing is withheld.'}
        </Note>
        {recording.screen ? (
          <SharedReplay
            title={`Session on ${targetName(target)}`}
            header={recording.screen}
            seconds={recording.seconds}
            idle={recording.idle}
            marks={recording.marks}
            watermark={markOf({ recipient, openedAt })}
          />
        ) : (
          <Empty title={words.title}>{words.says}</Empty>
        )}
        <Stack gap={2}>
          <Row wrap>
            {FILES.map(({ as, label }) => (
              <ButtonLink key={as} href={`/shared-record/file?as=${as}`} icon="download" size="sm" download>
                {label}
              </ButtonLink>
            ))}
          </Row>
          <p className="small quiet">
            Record and heads together can be verified without us: cordon recording verify FILE --heads HEADS names the
            lines that are withheld. Each view and each file is recorded by the provider.
          </p>
        </Stack>
      </main>
    </div>
  );
}
