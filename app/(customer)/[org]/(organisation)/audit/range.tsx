import { Field } from '@/app/_ui/field';
import { FormActs } from '@/app/_ui/form';
import { Input } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { Popover } from '@/app/_ui/popover';
import type { Params } from '@/app/_ui/query';
import { SubmitButton } from '@/app/_ui/submit';

/** The range in days, UTC; a plain GET form, so that it stands in the URL like every other filter. */
export function Range({ path, params, from, to }: { path: string; params: Params; from?: string; to?: string }) {
  const kept = Object.entries(params).filter(
    ([key, value]) => typeof value === 'string' && !['from', 'to', 'cursor', 'row'].includes(key),
  );
  return (
    <Popover
      trigger={{ label: from || to ? 'Change range' : 'Range', icon: 'clock', size: 'sm' }}
      title="Range, UTC"
      align="end"
    >
      <form action={path}>
        <Stack gap={3}>
          {kept.map(([key, value]) => (
            <input key={key} type="hidden" name={key} value={value as string} />
          ))}
          <Field name="from" label="From" hint="The day counts">
            <Input type="date" defaultValue={from} />
          </Field>
          <Field name="to" label="Before" hint="The day does not count">
            <Input type="date" defaultValue={to} />
          </Field>
          <FormActs>
            <SubmitButton variant="default">Show range</SubmitButton>
          </FormActs>
        </Stack>
      </form>
    </Popover>
  );
}
