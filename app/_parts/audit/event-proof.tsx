/** Where an event stands in the transparency log, the file that proves it, and how that is checked. */
import Link from 'next/link';
import { ButtonLink } from '@/app/_ui/button';
import { Command } from '@/app/_ui/command';
import { DefinitionList } from '@/app/_ui/definition-list';
import { formatExact, formatNumber } from '@/app/_ui/format';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import { type LogView, type ProofState, proofName } from '@/lib/transparency/schemas';
import { proofWords } from './proof-words';

export interface EventProofProps {
  eventId: string;
  proof: ProofState;
  log: LogView;
  /** Where the proof is downloaded. */
  href: string;
}

export function EventProof({ eventId, proof, log, href }: EventProofProps) {
  const { glyph, says } = proofWords(proof);
  return (
    <Section title="Transparency log" aside={<Status state={glyph} word={says} />}>
      <Stack gap={4}>
        {proof.state === 'altered' ? <Altered /> : null}
        {proof.state === 'waiting' ? (
          <p className="quiet">
            Checkpoints follow within about a second. Until one covers the event, nothing proves it. Load the page
            again.
          </p>
        ) : null}
        {proof.state === 'logged' ? <Logged eventId={eventId} proof={proof} log={log} href={href} /> : null}
      </Stack>
    </Section>
  );
}

function Logged({ eventId, proof, log, href }: EventProofProps & { proof: ProofState & { state: 'logged' } }) {
  const { checkpoint } = log;
  return (
    <>
      <DefinitionList
        ruled
        items={[
          { term: 'Place', value: `#${formatNumber(proof.index)}, counted from 0` },
          ...(checkpoint ? [{ term: 'Log', value: <Mono wrap>{checkpoint.origin}</Mono> }] : []),
          {
            term: 'Checkpoint',
            value: `${formatExact(proof.at, true)}, the first that covers it, over ${formatNumber(proof.size)} ${proof.size === 1 ? 'entry' : 'entries'}`,
          },
          { term: 'Signed after', value: `${formatNumber(proof.afterMs)} ms` },
          {
            term: 'Witnesses',
            value: <Witnessed at={proof.witnessedAt} asked={log.witnesses.asked} />,
          },
        ]}
      />
      <p className="quiet">
        The file holds what you may see of this event, its way to the root of the log, and the newest checkpoint. It is
        checked on any machine, without this console, against the{' '}
        <Link className="link" href="/transparency" prefetch={false}>
          key of the log
        </Link>
        , saved as a file, or{' '}
        <a className="link" href="/verify">
          in the browser
        </a>
        :
      </p>
      <Command>{`npx cordon audit verify ${proofName(eventId)} --vkey vkey.txt`}</Command>
      <Row gap={3}>
        <ButtonLink href={href} icon="download" prefetch={false} download>
          Download proof
        </ButtonLink>
        <span className="small quiet">Recorded in this log</span>
      </Row>
    </>
  );
}

/** By a checkpoint of the operator's log that holds the one over this event. */
function Witnessed({ at, asked }: { at: string | null; asked: number }) {
  if (at) return <Status state="verified" word={`Witnessed at ${formatExact(at, true)}`} />;
  return <Status state="open" word={asked === 0 ? 'Unwitnessed' : 'Not witnessed yet'} />;
}

const Altered = () => (
  <Note tone="danger" title="What is stored is not what the log holds.">
    No rightful change can cause this, so do not rely on what this event says. Keep a copy of this page and every proof
    and checkpoint you have of this log, and tell whoever runs it: a backup shows what was written.
  </Note>
);
