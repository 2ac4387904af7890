'use client';
/** Draws a sample of what the page of the log shows. */
import Link from 'next/link';
import { SidePanel } from '@/app/_ui/dialog';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { formatExact } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import type { AuditFilter } from '@/lib/audit-log/schemas';
import type { LogView } from '@/lib/transparency/schemas';
import { SampleFields } from './sample-fields';

export interface DrawSampleProps {
  action: FormAction;
  organisationId: string;
  /** Of the page. */
  filter: AuditFilter;
  log: LogView;
  /** Address of those that were drawn before. */
  samples: string;
}

export function DrawSample({ action, organisationId, filter, log: { checkpoint }, samples }: DrawSampleProps) {
  const { cursor: _, ...conditions } = filter;
  const asked = Object.entries(conditions).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const reason = !checkpoint ? 'Not signed yet.' : filter.q ? 'Not by words.' : undefined;
  return (
    <SidePanel
      trigger={{ label: 'Sample', icon: 'pack', ...(reason ? { reason } : {}) }}
      title="Draw a sample"
      lede={
        checkpoint
          ? `From all events that the page’s filter finds, as the log stands at the checkpoint of ${formatExact(checkpoint.at, true)} or a newer one.`
          : undefined
      }
    >
      <ActionForm action={action} hidden={{ ...Object.fromEntries(asked), organisationId }} label="Draw a sample">
        <Stack gap={4}>
          <p>
            {asked.length === 0
              ? 'Population: all events. The page has no filter.'
              : `Population: ${asked.map(([name, value]) => `${name} ${value}`).join(', ')}.`}
          </p>
          <SampleFields pack="a pack of the population" />
          <FormActs>
            <SubmitButton busy="Drawing">Draw sample</SubmitButton>
            <Link className="link" href={samples} prefetch={false}>
              Earlier samples
            </Link>
          </FormActs>
        </Stack>
      </ActionForm>
    </SidePanel>
  );
}
