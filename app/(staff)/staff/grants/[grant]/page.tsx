import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { targetsLine } from '@/app/_parts/access/words';
import { ButtonLink } from '@/app/_ui/button';
import { Crumb } from '@/app/_ui/crumb';
import { Empty } from '@/app/_ui/empty';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import { grantErrors, readEvidence } from '@/lib/grants';
import { auditSource } from '@/lib/identity';
import { staff } from '../../../_frame/door';
import { findingSentence } from '../words';
import { GrantFacts } from './grant-facts';
import { Held } from './held';
import { SessionsTable, SignedTable } from './tables';

export const metadata: Metadata = { title: 'Grant' };

export default async function GrantPage({ params }: { params: Promise<{ grant: string }> }) {
  const [page, { grant: id }] = await Promise.all([staff(), params]);
  if (page.reason('read', 'AuditEvent'))
    return (
      <Page>
        <PageHead title="Grant" />
        <Empty title={`Not part of the role ${page.staffRole}`}>
          Administrators, security staff and the provider’s auditors read what belongs to a grant in the log.
        </Empty>
      </Page>
    );
  const caller = { secret: page.secret, source: await auditSource() };
  const { request, held, signed, use } = await readEvidence(caller, id).catch((error) => {
    if (grantErrors.is(error) && error.code === 'grant.not_found') notFound();
    throw error;
  });
  const name = `${request.person.name}, ${targetsLine(request.targets)}`;
  return (
    <Page>
      <Crumb items={[{ label: name }]} />
      <PageHead
        title={name}
        lede="Everything the provider’s log and the records say of this grant. Your reading is recorded too."
        acts={
          <>
            <ButtonLink href={`/staff/requests?open=${id}`} prefetch={false}>
              Request
            </ButtonLink>
            <ButtonLink href={`/staff/log?object=${id}`} prefetch={false}>
              Log entries
            </ButtonLink>
          </>
        }
      />
      <Stack gap={6}>
        {use.findings.length > 0 ? (
          <Note tone="notice" title="To ask about.">
            {[...new Set(use.findings.map(({ code }) => findingSentence(code)))].join(' ')}
          </Note>
        ) : null}
        <GrantFacts of={request} use={use} />
        <Section title="What it rested on" note="when it was asked for">
          <Held of={held} />
        </Section>
        <Section title="Signed with a passkey" note={String(signed.length)}>
          <SignedTable of={signed} />
        </Section>
        <Section title="Sessions" note={String(use.sessions.length)}>
          <SessionsTable of={use.sessions} />
        </Section>
        <p className="small quiet">
          Signatures are judged by whoever holds the evidence pack of access: cordon audit verify, or the page at
          /verify.
        </p>
      </Stack>
    </Page>
  );
}
