'use client';
import { CodeBlock } from '@/app/_ui/command';
import { Stack } from '@/app/_ui/layout';
import { Section } from '@/app/_ui/panel';
import { SecretOnce } from '@/app/_ui/secret-once';
import { VERIFY_NODE, VERIFY_PYTHON } from './stream-words';

/** A signing secret, this once, with how to use it. */
export function StreamSecret({ value }: { value: string }) {
  return (
    <Stack gap={5}>
      <SecretOnce value={value} label="Signing secret" />
      <VerifyWebhook />
    </Stack>
  );
}

/** Libraries of Standard Webhooks do the same. */
export function VerifyWebhook() {
  return (
    <Stack gap={4}>
      <Section title="Check a request in Node">
        <CodeBlock label="Check of a request in Node">{VERIFY_NODE}</CodeBlock>
      </Section>
      <Section title="Check a request in Python">
        <CodeBlock label="Check of a request in Python">{VERIFY_PYTHON}</CodeBlock>
      </Section>
    </Stack>
  );
}
