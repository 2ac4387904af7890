'use client';
import { Field } from '@/app/_ui/field';
import { Input, Select, Textarea } from '@/app/_ui/input';
import { Columns } from '@/app/_ui/layout';
import type { Region } from '@/lib/kernel/region';
import type { SourceName, TokenMode, TryRole } from './_parts/words';
import styles from './try.module.css';

export interface TryEdge {
  name: string;
  region: Region;
  url: string;
  inside: boolean;
  reachable: boolean;
}
export interface Wish {
  edge: string;
  channel: string;
  account: string;
  mode: TokenMode;
  token: string;
  role: TryRole;
  source: SourceName;
}

export interface JoinFormProps {
  wish: Wish;
  change: (change: Partial<Wish>) => void;
  edges: readonly TryEdge[];
  fence: readonly Region[];
  /** Why no token can be made here. */
  mintReason?: string;
  tokenless: boolean;
  locked: boolean;
}

/** Where, as whom and with what. Locked while in the channel. */
export function JoinForm({ wish, change, edges, fence, mintReason, tokenless, locked }: JoinFormProps) {
  const edge = edges.find(({ name }) => name === wish.edge);
  return (
    <div className={styles.form}>
      <Field
        name="edge"
        label="Edge"
        hint={
          edge && !edge.inside
            ? `${edge.region} is outside the fence (${fence.join(', ')}): expect a refusal.`
            : edge && !edge.reachable
              ? 'Out of contact with control.'
              : undefined
        }
      >
        <Select
          mono
          value={wish.edge}
          disabled={locked}
          onChange={(event) => change({ edge: event.target.value })}
          options={edges.map(({ name, region, inside }) => ({
            value: name,
            label: `${name} (${region})${inside ? '' : ', outside the fence'}`,
          }))}
        />
      </Field>
      <Columns n={2} gap={4}>
        <Field name="channel" label="Channel">
          <Input
            mono
            value={wish.channel}
            disabled={locked}
            onChange={(event) => change({ channel: event.target.value })}
          />
        </Field>
        <Field name="account" label="Your name">
          <Input
            mono
            value={wish.account}
            disabled={locked}
            onChange={(event) => change({ account: event.target.value })}
          />
        </Field>
      </Columns>
      <Columns n={2} gap={4}>
        <Field
          name="mode"
          label="Token"
          hint={
            wish.mode === 'mint'
              ? mintReason
              : wish.mode === 'none' && !tokenless
                ? 'This project requires one: expect a refusal.'
                : undefined
          }
        >
          <Select
            value={wish.mode}
            disabled={locked}
            onChange={(event) => change({ mode: event.target.value as TokenMode })}
            options={[
              { value: 'mint', label: 'Make one for me', disabled: mintReason !== undefined },
              { value: 'paste', label: 'Paste one' },
              { value: 'none', label: 'None' },
            ]}
          />
        </Field>
        {wish.mode === 'mint' ? (
          <Field name="role" label="Role">
            <Select
              value={wish.role}
              disabled={locked}
              onChange={(event) => change({ role: event.target.value as TryRole })}
              options={[
                { value: 'publisher', label: 'Publisher' },
                { value: 'audience', label: 'Audience' },
              ]}
            />
          </Field>
        ) : (
          <span />
        )}
      </Columns>
      {wish.mode === 'paste' ? (
        <Field name="token" label="Pasted token" hint="It stays in this tab and goes to the edge only.">
          <Textarea
            mono
            rows={3}
            value={wish.token}
            disabled={locked}
            onChange={(event) => change({ token: event.target.value })}
          />
        </Field>
      ) : null}
      <Field
        name="source"
        label="Picture"
        hint={
          wish.source === 'camera'
            ? 'The browser asks for your camera and microphone.'
            : 'A moving test picture with a clock and a quiet tone; no camera needed.'
        }
      >
        <Select
          value={wish.source}
          onChange={(event) => change({ source: event.target.value as SourceName })}
          options={[
            { value: 'picture', label: 'Generated picture' },
            { value: 'camera', label: 'Camera and microphone' },
          ]}
        />
      </Field>
    </div>
  );
}
