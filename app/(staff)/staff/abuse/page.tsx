import type { Metadata } from 'next';
import { AutoRefresh } from '@/app/_parts/auto-refresh';
import { Figure, Figures } from '@/app/_ui/figure';
import { formatNumber, formatSpan } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import { type DefenceView, readDefence } from '@/lib/identity';
import { staff } from '../../_frame/door';
import { FindingsTable } from './findings-table';
import { LimitsTable } from './limits-table';
import { counted } from './words';

export const metadata: Metadata = { title: 'Sign-in defence' };

export default async function AbusePage() {
  const page = await staff();
  const reason = page.reason('read', 'AbuseFinding');
  const head = (
    <PageHead
      title="Sign-in defence"
      acts={reason ? undefined : <AutoRefresh />}
      lede="Guessing at passwords and second factors, of customers and staff alike. Accounts and addresses are kept as keyed hashes, so nobody is named here."
    />
  );
  if (reason) {
    return (
      <Page>
        {head}
        <Note title="Administrators, security officers and auditors see this page.">{reason}</Note>
      </Page>
    );
  }
  const defence = await readDefence(page.secret);
  return (
    <Page>
      {head}
      <Stack gap={8}>
        <Counts of={defence} />
        <Section title="Attacks" note="of the last 90 days, and what was done about the free failures">
          <FindingsTable findings={defence.findings} now={Date.now()} />
        </Section>
        <LimitsTable />
      </Stack>
    </Page>
  );
}

function Counts({ of: { counts, closed } }: { of: DefenceView }) {
  return (
    <Figures>
      {counts.map(({ seconds, failures, accounts }) => (
        <Figure
          key={seconds}
          label={`Failures, last ${formatSpan(seconds * 1000)}`}
          value={formatNumber(failures)}
          unit={failures > 0 ? counted(accounts, 'account') : undefined}
        />
      ))}
      <Figure label="Sign-ins, last day" value={formatNumber(counts.at(-1)?.done ?? 0)} />
      <Figure
        label="Passwords closed"
        value={formatNumber(closed.passwords)}
        tone={closed.passwords > 0 ? 'notice' : undefined}
      />
      <Figure
        label="Second factors closed"
        value={formatNumber(closed.codes)}
        tone={closed.codes > 0 ? 'notice' : undefined}
      />
    </Figures>
  );
}
