'use client';
/** Views of the log under a name: a menu of links, and the dialog that saves the one on the page. */
import { useState } from 'react';
import { Dialog } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction, FormState } from '@/app/_ui/form-state';
import { Checkbox, Input } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { Menu } from '@/app/_ui/menu';
import { SubmitButton } from '@/app/_ui/submit';

export interface SavedViewsProps {
  /** Null: the provider's log. */
  organisationId: string | null;
  views: readonly { id: string; name: string; href: string; shared: boolean; removable: boolean }[];
  /** Conditions of the page, to be saved. */
  filter: Readonly<Record<string, string>>;
  save: FormAction;
  remove: FormAction;
}

export function SavedViews({ organisationId, views, filter, save, remove }: SavedViewsProps) {
  const [open, setOpen] = useState(false);
  const whose: Record<string, string> = organisationId === null ? {} : { organisationId };
  const empty = Object.keys(filter).length === 0;

  async function take(viewId: string): Promise<FormState> {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...whose, viewId })) form.set(name, value);
    return remove({}, form);
  }

  return (
    <>
      <Menu
        trigger={{ label: 'Views', icon: 'filter', variant: 'ghost', size: 'sm' }}
        align="end"
        items={[
          ...(views.length === 0 ? [{ heading: 'No saved views yet' }] : []),
          ...views.map(({ name, href, shared }) => ({ label: name, href, note: shared ? 'shared' : undefined })),
          'line',
          {
            label: 'Save this view…',
            icon: 'plus',
            onSelect: () => setOpen(true),
            reason: empty ? 'The page has no filter.' : undefined,
          },
          ...views
            .filter(({ removable }) => removable)
            .map(({ id, name }) => ({
              label: `Remove ${name}`,
              icon: 'x' as const,
              danger: true,
              action: () => take(id),
            })),
        ]}
      />
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Save this view"
        lede="The filter of this page under a name. It finds what is new each time."
      >
        <ActionForm action={save} hidden={{ ...filter, ...whose }}>
          <Stack gap={4}>
            <Field name="name" label="Name">
              <Input maxLength={80} />
            </Field>
            <Checkbox
              name="shared"
              label={organisationId === null ? 'Share it with staff' : 'Share it in the organisation'}
              hint="Everybody who reads the whole log sees it. That you shared it is recorded."
            />
            <FormActs>
              <SubmitButton busy="Saving">Save view</SubmitButton>
            </FormActs>
          </Stack>
        </ActionForm>
      </Dialog>
    </>
  );
}
