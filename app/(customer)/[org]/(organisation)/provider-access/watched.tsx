/** Who of the provider was in which channel, under one request. */
import { DefinitionList } from '@/app/_ui/definition-list';
import { formatExact } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import type { WatchedView } from '@/lib/grants/schemas';

export function Watched({ of }: { of: readonly WatchedView[] }) {
  if (of.length === 0) return null;
  return (
    <Section title="In your channels" note={String(of.length)}>
      <Stack gap={4}>
        {of.map((one) => (
          <DefinitionList key={one.session} ruled items={factsOf(one)} />
        ))}
        <p className="small quiet">Everybody in the channel was shown that name, except by WHIP and WHEP.</p>
      </Stack>
    </Section>
  );
}

const factsOf = ({ project, channel, account, from, to }: WatchedView) => [
  { term: 'Project', value: project.name },
  { term: 'Channel', value: <Mono wrap>{channel}</Mono> },
  { term: 'From', value: formatExact(from) },
  { term: 'To', value: to ? formatExact(to) : <Status state="live" word="Is there now" /> },
  { term: 'Shown as', value: <Mono wrap>{account}</Mono> },
];
