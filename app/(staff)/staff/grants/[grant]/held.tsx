/** What the person had when they asked: the committee's designations, trainings and the agreement. */
import { DefinitionList } from '@/app/_ui/definition-list';
import { Time } from '@/app/_ui/time';
import type { HeldView } from '@/lib/grants/population/schemas';

const COURSES: Readonly<Record<string, string>> = { general: 'General training', additional: 'Additional training' };
const until = (at: string) => (
  <>
    until <Time at={at} mode="exact" />
  </>
);

export function Held({ of: { designations, trainings, agreement } }: { of: HeldView }) {
  return (
    <DefinitionList
      ruled
      items={[
        ...designations.map(({ as, until: end, minutes }) => ({
          term: `Designated: ${as}`,
          value: (
            <>
              {until(end)}, minutes <bdi>{minutes}</bdi>
            </>
          ),
        })),
        ...(designations.length === 0 ? [{ term: 'Designated', value: 'for nothing, by the records' }] : []),
        ...trainings.map(({ course, completedAt, expiresAt }) => ({
          term: `${COURSES[course] ?? course}, ${completedAt.slice(0, 10)}`,
          value: until(expiresAt),
        })),
        ...(trainings.length === 0 ? [{ term: 'Trainings', value: 'none that counted' }] : []),
        {
          term: 'Confidentiality agreement',
          value: agreement ? (
            <>
              version {agreement.version}, signed <Time at={agreement.signedAt} mode="exact" />,{' '}
              {until(agreement.expiresAt)}
            </>
          ) : (
            'none that counted'
          ),
        },
      ]}
    />
  );
}
