'use client';
/** Asks for a file of a sample that was drawn. */
import { RadioCards } from '@/app/_ui/choice';
import { SidePanel } from '@/app/_ui/dialog';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';

export function ExportSample({ action, hidden }: { action: FormAction; hidden: Readonly<Record<string, string>> }) {
  return (
    <SidePanel
      trigger={{ label: 'Export sample', icon: 'download' }}
      title="Export this sample"
      lede="Population, rule, seed and number stand in the file’s description, under Exports."
    >
      <ActionForm action={action} hidden={hidden} label="Export this sample">
        <Stack gap={4}>
          <RadioCards
            name="format"
            legend="Format"
            defaultValue="ndjson"
            options={[
              { value: 'ndjson', label: 'NDJSON', hint: 'The sampled events, one a line. Proves nothing by itself.' },
              { value: 'csv', label: 'CSV', hint: 'The sampled events, for spreadsheets. Proves nothing by itself.' },
              {
                value: 'pack',
                label: 'Evidence pack of the population',
                hint: 'Every event the sample was drawn from, proven to be all of them. The sample can be drawn again from it.',
              },
            ]}
          />
          <FormActs>
            <SubmitButton busy="Asking">Export</SubmitButton>
          </FormActs>
        </Stack>
      </ActionForm>
    </SidePanel>
  );
}
