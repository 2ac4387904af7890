import type { Metadata } from 'next';
import { Crumb } from '@/app/_ui/crumb';
import { Empty } from '@/app/_ui/empty';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { readEligibility } from '@/lib/grants';
import { newId } from '@/lib/platform';
import { readTraining } from '@/lib/training';
import { staff } from '../../../_frame/door';
import { AskForm } from './ask-form';

export const metadata: Metadata = { title: 'Ask for access' };

export default async function AskPage() {
  const page = await staff();
  const caller = { secret: page.secret };
  const [{ policies, targets }, { own }] = await Promise.all([readEligibility(caller), readTraining(caller)]);
  const open = policies.filter(({ ended, roles }) => !ended && (roles === null || roles.includes(page.staffRole)));
  const reason = page.reason('create', 'AccessRequest');
  return (
    <Page narrow>
      <Crumb items={[{ label: 'Ask for access' }]} />
      <PageHead
        title="Ask for access"
        lede="You sign what you ask for. It opens nothing until others have signed the same, and ends by itself."
      />
      <Stack gap={6}>
        {reason ? <Note>{reason}</Note> : null}
        {own.missing.length > 0 ? (
          <Note tone="notice" title="You are not ready.">
            Missing: {own.missing.join('; ')}.{' '}
            <a className="link" href="/staff/training">
              Your records
            </a>
          </Note>
        ) : null}
        {open.length === 0 ? (
          <Empty title="No policy is for you">
            An administrator or security officer says under Targets and policies who may ask for what.
          </Empty>
        ) : (
          <AskForm request={newId('grt')} policies={open} targets={targets} />
        )}
      </Stack>
    </Page>
  );
}
