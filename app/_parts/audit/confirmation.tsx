/** A confirmation as it stands in the log: what somebody agreed to, by what, and the file that proves it without us. */
import { ButtonLink } from '@/app/_ui/button';
import { CodeBlock, Command, Terms } from '@/app/_ui/command';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Enclosure } from '@/app/_ui/enclosure';
import { Id } from '@/app/_ui/id';
import { Row, Stack } from '@/app/_ui/layout';
import { Section } from '@/app/_ui/panel';
import { Mono } from '@/app/_ui/text';
import { type AuditView, evidenceName } from '@/lib/audit-log/schemas';
import { parseStatement } from '@/lib/kernel/act';
import { confirmationOf } from './words';

export function Confirmation({ event, evidenceHref }: { event: AuditView; evidenceHref: string }) {
  const { statement, passkeyId, origin, erased } = confirmationOf(event);
  const act = parseStatement(statement);
  const signed = passkeyId !== undefined;
  return (
    <Section title="Confirmation">
      <Stack gap={4}>
        {act ? (
          <Enclosure label="What was confirmed">
            <Terms items={act.terms} reading />
          </Enclosure>
        ) : null}
        <DefinitionList
          ruled
          items={[
            {
              term: 'Confirmed with',
              value: erased ? 'Erased since' : signed ? 'A passkey, which signed it' : 'A code',
            },
            ...(signed ? [{ term: 'Passkey', value: <Id value={passkeyId} label="passkey ID" /> }] : []),
            ...(origin ? [{ term: 'On', value: <Mono wrap>{origin}</Mono> }] : []),
            ...(act?.role ? [{ term: 'In the role', value: act.role }] : []),
          ]}
        />
        {act && signed ? (
          <>
            <CodeBlock label="signed statement">{statement}</CodeBlock>
            <p className="quiet">
              The passkey signed the SHA-256 of exactly this text. The file holds the text, the signature and the key,
              and is checked on any machine, without this console:
            </p>
            <Command>{`npx cordon act verify ${evidenceName(event.id)}`}</Command>
            <Row gap={3}>
              <ButtonLink href={evidenceHref} icon="download" prefetch={false} download>
                Download evidence
              </ButtonLink>
              <span className="small quiet">Recorded in this log</span>
            </Row>
          </>
        ) : null}
        {signed || erased ? null : (
          <p className="quiet">
            A code leaves nothing to be checked later. The digest in the field <Mono>terms</Mono> says what it was given
            for.
          </p>
        )}
      </Stack>
    </Section>
  );
}
