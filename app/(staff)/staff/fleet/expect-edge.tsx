'use client';
import { useState } from 'react';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import type { FormAction } from '@/app/_ui/form-state';
import { Input, Select } from '@/app/_ui/input';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { REGION_NAMES, REGIONS } from '@/lib/kernel/region';
import { OnceForm } from '../../_parts/once-form';
import { expectEdgeAction } from './actions';
import { JoinTicketOnce, type Ticketed } from './join-ticket';

/** A new edge is given its region's key when it joins, so who adds one confirms it. */
export function ExpectEdge({ reason }: { reason?: string }) {
  return (
    <SidePanel
      trigger={{ label: 'Expect an edge', variant: 'primary', icon: 'plus', reason }}
      title="Expect an edge"
      lede="It may join once, within ten minutes, under this name and in this region."
      wide
    >
      <ExpectForm />
    </SidePanel>
  );
}

function ExpectForm() {
  const [name, setName] = useState('');
  const { wrap, dialog } = useStepUp({ act: 'Expect an edge', name: name.trim() });
  return (
    <>
      <OnceForm<Ticketed>
        action={wrap(expectEdgeAction as unknown as FormAction) as FormAction<Ticketed>}
        submit="Expect this edge"
        made={({ ticket }) => (ticket ? <JoinTicketOnce ticket={ticket} /> : null)}
      >
        <Field name="name" label="Name" hint="Lower-case letters, digits and hyphens. It stays for good.">
          <Input
            required
            mono
            maxLength={63}
            value={name}
            onChange={(event) => setName(event.target.value)}
            placeholder="eu-2"
          />
        </Field>
        <Field name="region" label="Region" hint="Declared by you; it becomes part of the edge’s certificate.">
          <Select options={REGIONS.map((code) => ({ value: code, label: `${code}, ${REGION_NAMES[code]}` }))} />
        </Field>
      </OnceForm>
      {dialog}
    </>
  );
}
