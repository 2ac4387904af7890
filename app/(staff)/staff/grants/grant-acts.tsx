'use client';
/** The auditor's acts on the population: a sample of it, and the evidence of it as a file. */
import Link from 'next/link';
import { SampleFields } from '@/app/_parts/audit/sample-fields';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Textarea } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import type { DrawnSample } from '@/lib/grants/population/schemas';
import { drawGrantsAction, exportAccessAction } from './actions';

export function DrawGrants({ reason }: { reason: string | undefined }) {
  return (
    <SidePanel
      trigger={{ label: 'Sample', icon: 'pack', ...(reason ? { reason } : {}) }}
      title="Draw a sample of grants"
      lede="From all requests in the provider’s log, as it stands at its newest checkpoint. Filters of the page play no part."
    >
      <ActionForm action={drawGrantsAction as FormAction} label="Draw a sample of grants">
        <Stack gap={4}>
          <SampleFields pack="an evidence pack of access" />
          <FormActs>
            <SubmitButton busy="Drawing">Draw sample</SubmitButton>
          </FormActs>
        </Stack>
      </ActionForm>
    </SidePanel>
  );
}

/** `sample`: the pack ends where the log stood when it was drawn, so that the same sample is drawn from it. */
export function ExportAccess({ reason, sample }: { reason: string | undefined; sample: DrawnSample | undefined }) {
  return (
    <SidePanel
      trigger={{ label: 'Evidence pack', icon: 'download', ...(reason ? { reason } : {}) }}
      title="Evidence pack of access to production"
      lede={
        sample
          ? `The log up to entry ${sample.size}, from which this sample can be drawn again.`
          : 'The log from its beginning to its newest checkpoint.'
      }
    >
      <ActionForm
        action={exportAccessAction as FormAction}
        hidden={sample ? { end: String(sample.size) } : {}}
        label="Export evidence of access"
      >
        <Stack gap={4}>
          <p>
            Every request with its signatures, the committee’s decisions, registered and endorsed passkeys, sessions,
            heads of their records, and what sshd of each host said. Other events are in it as hashes only.
          </p>
          <p>
            Whoever verifies it, offline, has each approval judged: <code>cordon audit verify PACK</code>
            {sample ? <code>{` --seed '${sample.seed}' --sample ${sample.wanted}`}</code> : null}
          </p>
          <Field
            name="recipients"
            label="Encrypt to"
            aside="optional"
            hint="Public keys of whoever is to open the file, as age-keygen writes them; at most eight."
          >
            <Textarea mono rows={2} maxLength={2000} placeholder="age1…" />
          </Field>
          <p className="small quiet">
            The file is kept for 24 hours under{' '}
            <Link className="link" href="/staff/log/exports" prefetch={false}>
              Exports
            </Link>
            . That it was asked for, written and downloaded is recorded.
          </p>
          <FormActs>
            <SubmitButton busy="Asking">Export</SubmitButton>
          </FormActs>
        </Stack>
      </ActionForm>
    </SidePanel>
  );
}
