'use client';
/** Asks for a file of the log as the page shows it: the format, and which places of the log. */
import { RadioCards } from '@/app/_ui/choice';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { formatExact, formatNumber } from '@/app/_ui/format';
import { Input, Textarea } from '@/app/_ui/input';
import { Columns, Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import type { AuditFilter } from '@/lib/audit-log/schemas';
import type { LogView } from '@/lib/transparency/schemas';

export interface ExportLogProps {
  action: FormAction;
  /** With the action of a customer: whose log. */
  organisationId?: string;
  /** Of the page. */
  filter: AuditFilter;
  log: LogView;
}

const FORMATS = [
  {
    value: 'pack',
    label: 'Evidence pack',
    hint: 'Shows anybody, without this console, that nothing was left out or changed. Says of other events only what the filter needs.',
  },
  { value: 'ndjson', label: 'NDJSON', hint: 'One event a line, to be read by programs. Proves nothing by itself.' },
  { value: 'csv', label: 'CSV', hint: 'For spreadsheets; nothing in it runs as a formula. Proves nothing by itself.' },
  {
    value: 'ocsf',
    label: 'OCSF',
    hint: 'One event a line in the Open Cybersecurity Schema Framework, for a SIEM. Proves nothing by itself.',
  },
];

export function ExportLog({ action, organisationId, filter, log }: ExportLogProps) {
  const { cursor: _, ...conditions } = filter;
  const asked = Object.entries(conditions).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { checkpoint } = log;
  return (
    <SidePanel
      trigger={{
        label: 'Export',
        icon: 'download',
        ...(checkpoint
          ? filter.q
            ? { reason: 'Not by words.' }
            : {}
          : { reason: 'Nothing of this log is signed yet.' }),
      }}
      title="Export this log"
      lede={
        checkpoint
          ? `As it stands at the checkpoint of ${formatExact(checkpoint.at, true)} or a newer one. What happens later is not in the file.`
          : undefined
      }
    >
      <ActionForm
        action={action}
        hidden={{ ...Object.fromEntries(asked), ...(organisationId ? { organisationId } : {}) }}
        label="Export this log"
      >
        <Stack gap={4}>
          <p>
            {asked.length === 0
              ? 'All events: the page has no filter.'
              : `Events that the page’s filter finds: ${asked.map(([name, value]) => `${name} ${value}`).join(', ')}.`}
          </p>
          <RadioCards name="format" legend="Format" defaultValue="pack" options={FORMATS} />
          <Columns n={2} gap={4}>
            <Field name="first" label="From place" aside="optional" hint="Counted from 0">
              <Input inputMode="numeric" maxLength={16} placeholder="0" />
            </Field>
            <Field name="end" label="To before place" aside="optional" hint="Without it to the checkpoint’s end">
              <Input inputMode="numeric" maxLength={16} placeholder={formatNumber(checkpoint?.size)} />
            </Field>
          </Columns>
          <Field
            name="recipients"
            label="Encrypt to"
            aside="optional"
            hint={
              <>
                Public keys of whoever is to open the file, at most eight. They make one with{' '}
                <code>age-keygen -o key.txt</code>; the secret key stays with them.
              </>
            }
          >
            <Textarea mono rows={2} maxLength={2000} placeholder="age1…" />
          </Field>
          <p className="small quiet">
            The file is kept for 24 hours. That it was asked for, written and downloaded is recorded in this log.
          </p>
          <FormActs>
            <SubmitButton busy="Asking">Export</SubmitButton>
          </FormActs>
        </Stack>
      </ActionForm>
    </SidePanel>
  );
}
