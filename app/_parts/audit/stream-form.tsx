'use client';
/** Where a stream goes and what goes along: the fields of beginning one and of changing it. */
import { Field } from '@/app/_ui/field';
import { Checkbox, Input, Textarea } from '@/app/_ui/input';
import type { StreamKind } from '@/lib/audit-stream/schemas';

const ADDRESS: Readonly<Record<StreamKind, { label: string; hint: string; placeholder: string }>> = {
  http: {
    label: 'URL',
    hint: 'https only. Path and query may hold a secret of yours; the audit log shows name and port alone.',
    placeholder: 'https://siem.example.com/in',
  },
  syslog: {
    label: 'Host and port',
    hint: 'TLS (RFC 5425). Without a port 6514.',
    placeholder: 'siem.example.com:6514',
  },
};

export interface StreamFieldsProps {
  kind: StreamKind;
  address?: string;
  ca?: string | null;
  personal?: boolean;
}

export function StreamFields({ kind, address, ca, personal }: StreamFieldsProps) {
  const { label, hint, placeholder } = ADDRESS[kind];
  return (
    <>
      <Field name="address" label={label} hint={hint}>
        <Input mono required maxLength={2048} defaultValue={address} placeholder={placeholder} autoComplete="off" />
      </Field>
      <Field
        name="ca"
        label="Certificate authority"
        aside="optional"
        hint="PEM. Then only these certificates are trusted to vouch for the receiver, and no public authority."
      >
        <Textarea mono rows={3} maxLength={16_384} defaultValue={ca ?? ''} placeholder="-----BEGIN CERTIFICATE-----" />
      </Field>
      <Checkbox
        name="personal"
        label="With personal values"
        hint="Names, addresses, devices and reasons leave with the events, and cannot be erased where they arrive. Without it people stand under pseudonyms."
        defaultChecked={personal}
      />
    </>
  );
}
