/** What was asked for and granted, and how it ended. */
import { counted, KIND_WORDS, lookOf, roleWord, targetName, whyWords } from '@/app/_parts/access/words';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { GrantEvidence } from '@/lib/grants/population/schemas';

export function GrantFacts({ of, use }: { of: GrantEvidence['request']; use: GrantEvidence['use'] }) {
  const { state, word } = lookOf(of);
  const customers = of.customers.map(({ organisation }) => organisation);
  const given = of.needs.flatMap(({ role, given: all }) => all.map((one) => ({ ...one, role })));
  const exact = (at: string | null) => <Time at={at} mode="exact" />;
  return (
    <DefinitionList
      ruled
      items={[
        { term: 'State', value: <Status state={state} word={word} detail={whyWords(of.why)?.toLowerCase()} /> },
        { term: 'Asked for', value: `${KIND_WORDS[of.kind]}, ${counted(of.minutes, 'minute')}` },
        { term: 'Asked', value: exact(of.requestedAt) },
        { term: 'Targets', value: <Mono wrap>{of.targets.map(targetName).join(', ')}</Mono> },
        { term: 'Purpose', value: of.ticket ? `${of.purpose}, ${of.ticket}` : of.purpose },
        { term: 'Reason', value: <bdi>{of.reason}</bdi> },
        ...(of.command ? [{ term: 'Command', value: <Mono wrap>{of.command}</Mono> }] : []),
        { term: 'Policy', value: of.policy },
        ...(customers.length > 0 ? [{ term: 'Customers', value: customers.map(({ name }) => name).join(', ') }] : []),
        ...given.map(({ role, by, for: whom, verdict, minutes, at }, i) => ({
          term: `${i + 1}. ${roleWord(role, customers)}`,
          value: (
            <>
              <bdi>{by.name}</bdi>
              {whom ? (
                <>
                  {' '}
                  for <bdi>{whom.name}</bdi>
                </>
              ) : null}{' '}
              {verdict === 'approve' ? `agreed to ${counted(minutes, 'minute')}` : 'refused'}, {exact(at)}
            </>
          ),
        })),
        ...of.reviews.map(({ by, verdict, at }, i) => ({
          term: `${i + 1}. review`,
          value: (
            <>
              <bdi>{by.name}</bdi>: {verdict === 'approve' ? 'in order' : 'not in order'}, {exact(at)}
            </>
          ),
        })),
        ...(of.reviewDue ? [{ term: 'Review due', value: exact(of.reviewDue) }] : []),
        { term: 'From', value: exact(of.startsAt) },
        { term: 'To', value: exact(of.deadline) },
        {
          term: 'Ended in the log',
          value: use.ended ? (
            <>
              {whyWords(use.ended.why) ?? 'Ended'}, {exact(use.ended.at)}
            </>
          ) : (
            'not recorded'
          ),
        },
      ]}
    />
  );
}
