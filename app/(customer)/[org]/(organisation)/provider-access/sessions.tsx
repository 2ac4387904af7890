/** Sessions of one request on machines that hold the customer's data, and what was marked in their records. */
import { counted, targetName } from '@/app/_parts/access/words';
import { DefinitionList } from '@/app/_ui/definition-list';
import { formatExact } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Section } from '@/app/_ui/panel';
import { Mono } from '@/app/_ui/text';
import type { ProviderSessionView } from '@/lib/grants/schemas';

export function Sessions({ of }: { of: readonly ProviderSessionView[] }) {
  if (of.length === 0) return null;
  return (
    <Section title="Sessions" note={String(of.length)}>
      <Stack gap={4}>
        {of.map((session) => (
          <DefinitionList key={session.id} ruled items={factsOf(session)} />
        ))}
      </Stack>
    </Section>
  );
}

const factsOf = (session: ProviderSessionView) => [
  { term: 'On', value: <Mono>{targetName(session.target)}</Mono> },
  { term: 'By', value: session.way === 'ssh' ? 'SSH' : 'web terminal' },
  { term: 'From', value: formatExact(session.from) },
  { term: 'To', value: formatExact(session.until) },
  { term: 'Commands', value: <Commands of={session} /> },
  { term: 'Files copied', value: session.files === null ? countless(session) : String(session.files) },
];

function Commands({ of }: { of: ProviderSessionView }) {
  if (of.commands === null) return countless(of);
  if (of.commandLines.length > 0)
    return (
      <Stack gap={1}>
        {of.commandLines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same command may stand there twice, and the list never changes
          <Mono key={i} wrap>
            {line}
          </Mono>
        ))}
        {of.commands > of.commandLines.length ? `and ${of.commands - of.commandLines.length} more` : null}
      </Stack>
    );
  const why = 'Not shown: this machine holds data of other customers too, and what was typed may be theirs.';
  return of.shared && of.commands > 0 ? `${counted(of.commands, 'command')}. ${why}` : String(of.commands);
}

const countless = ({ counted: isRead }: ProviderSessionView) =>
  isRead ? 'The record of the session could not be read.' : 'Counted when the record of the session is complete.';
