/** One request as the customer sees it, with what it can say to it. */
import { AnswerForm } from '@/app/_parts/access/answer-form';
import { counted, lookOf, whyWords } from '@/app/_parts/access/words';
import { DefinitionList } from '@/app/_ui/definition-list';
import type { FormAction } from '@/app/_ui/form-state';
import { formatExact } from '@/app/_ui/format';
import { Id } from '@/app/_ui/id';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { DataClass } from '@/app/_ui/tag';
import { Mono } from '@/app/_ui/text';
import { Countdown, Time } from '@/app/_ui/time';
import type { ProviderAccessView } from '@/lib/grants/schemas';
import { CommentToProvider, WithdrawAccess } from './access-acts';
import { answerProviderAction } from './actions';
import { Sessions } from './sessions';
import { Watched } from './watched';
import { isApp, reachLine, reachName } from './words';

export interface AccessProps {
  of: ProviderAccessView;
  organisationId: string;
  reasons: { decide?: string; end?: string; comment?: string };
}

const MODES: Readonly<Record<ProviderAccessView['mode'], string>> = {
  approve: 'You are asked. Without your answer nobody gets in.',
  notify: 'You are told, and need not answer.',
  'break-glass': 'Opened in an emergency without asking. You are told, and two others of the provider review it.',
};

export function Access({ of, organisationId, reasons }: AccessProps) {
  const look = lookOf(of);
  return (
    <Stack gap={6}>
      <Note tone={of.mode === 'break-glass' ? 'notice' : 'quiet'}>{MODES[of.mode]}</Note>
      <DefinitionList
        ruled
        items={[
          {
            term: 'State',
            value: <Status state={look.state} word={look.word} detail={whyWords(of.why) ?? undefined} />,
          },
          ...factsOf(of),
        ]}
      />
      <Answer of={of} organisationId={organisationId} reason={reasons.decide} />
      {of.answers.length > 0 ? (
        <Section title="Your organisation’s word">
          {of.answers.map(({ by, verdict, minutes, at }) => (
            <p key={`${by} ${at}`}>
              <Status
                state={verdict === 'approve' ? 'verified' : 'refused'}
                word={verdict === 'approve' ? `Approved ${counted(minutes, 'minute')}` : 'Denied'}
              />{' '}
              {by}, <Time at={at} />
            </p>
          ))}
        </Section>
      ) : null}
      <Sessions of={of.sessions} />
      <Watched of={of.watched} />
      {of.comments.length > 0 ? (
        <Section title="Questions and answers">
          {of.comments.map(({ id, by, text, at }) => (
            <p key={id}>
              <span className="small quiet">
                {by}, <Time at={at} />
              </span>
              <br />
              {text}
            </p>
          ))}
        </Section>
      ) : null}
      <Row gap={2} wrap>
        <CommentToProvider request={of.id} organisationId={organisationId} reason={reasons.comment} />
        {of.mode === 'approve' && (of.state === 'active' || of.state === 'scheduled') ? (
          <WithdrawAccess request={of.id} organisationId={organisationId} name={reachLine(of)} reason={reasons.end} />
        ) : null}
      </Row>
    </Stack>
  );
}

function Answer({ of, organisationId, reason }: { of: ProviderAccessView; organisationId: string; reason?: string }) {
  if (of.mode !== 'approve' || of.state !== 'pending') return null;
  if (reason || of.answered) return <Note>{reason ?? 'You answered. Others have to agree too.'}</Note>;
  return (
    <Stack gap={3}>
      <AnswerForm
        action={answerProviderAction as FormAction}
        hidden={{ request: of.id, organisationId }}
        name={reachLine(of)}
        minutes={of.minutes}
        extension={of.kind === 'extension'}
      />
      <p className="small quiet">
        Unanswered, the request is over in <Countdown to={of.answerBy} />, and nobody gets in.
      </p>
    </Stack>
  );
}

const factsOf = (of: ProviderAccessView) => [
  {
    term: 'Who',
    value: (
      <>
        <Id value={of.staff} label="staff ID" /> {of.employer}, {of.country}
      </>
    ),
  },
  { term: 'Why', value: of.reason },
  { term: 'Purpose', value: of.ticket ? `${of.purpose}, ticket ${of.ticket}` : of.purpose },
  { term: 'Reaches', value: of.targets.map((target) => reachName(of, target)).join(', ') },
  { term: 'Your projects', value: of.projects.length > 0 ? of.projects.map(({ name }) => name).join(', ') : 'none' },
  {
    term: 'Data',
    value: (
      <Row gap={3}>
        {of.dataClasses.map((name) => (
          <DataClass key={name} name={name} />
        ))}
      </Row>
    ),
  },
  ...mayOf(of),
  { term: 'Asked for', value: counted(of.minutes, 'minute') },
  { term: 'From', value: of.startsAt ? formatExact(of.startsAt) : '–' },
  { term: 'To', value: of.deadline ? formatExact(of.deadline) : '–' },
];

/** On machines commands are run; of projects channels are watched. */
const mayOf = ({ targets, command, files }: ProviderAccessView) => [
  ...(targets.every(isApp)
    ? []
    : [
        { term: 'May run', value: command === null ? 'a shell' : <Mono wrap>{command}</Mono> },
        { term: 'Files', value: files ? 'may be copied' : 'are not copied' },
      ]),
  ...(targets.some(isApp) ? [{ term: 'May watch', value: 'channels, without sending or recording' }] : []),
];
