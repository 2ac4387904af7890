/** What the person had when they asked: the committee's designations, trainings and the agreement. */
import { DefinitionList } from '@/app/_ui/definition-list';
import { Stack } from '@/app/_ui/layout';
import { Time } from '@/app/_ui/time';
import type { HeldView } from '@/lib/grants/population/schemas';

export function Held({ of: { designations, trainings, agreement } }: { of: HeldView }) {
  return (
    <DefinitionList
      ruled
      items={[
        {
          term: 'Designated as',
          value:
            designations.length === 0 ? (
              'nothing, by the records'
            ) : (
              <Stack gap={1}>
                {designations.map(({ as, until, minutes, decision }) => (
                  <span key={decision}>
                    {as}, until <Time at={until} mode="exact" />, minutes <bdi>{minutes}</bdi>
                  </span>
                ))}
              </Stack>
            ),
        },
        {
          term: 'Trainings',
          value:
            trainings.length === 0 ? (
              'none that counted'
            ) : (
              <Stack gap={1}>
                {trainings.map(({ course, completedAt, expiresAt }) => (
                  <span key={`${course} ${completedAt}`}>
                    {course}, of {completedAt.slice(0, 10)}, until <Time at={expiresAt} mode="exact" />
                  </span>
                ))}
              </Stack>
            ),
        },
        {
          term: 'Agreement',
          value: agreement ? (
            <>
              version {agreement.version}, signed <Time at={agreement.signedAt} mode="exact" />, until{' '}
              <Time at={agreement.expiresAt} mode="exact" />
            </>
          ) : (
            'none that counted'
          ),
        },
      ]}
    />
  );
}
