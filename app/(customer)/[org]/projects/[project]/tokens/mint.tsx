'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/app/_ui/button';
import { RadioCards } from '@/app/_ui/choice';
import { Copy } from '@/app/_ui/copy';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import type { FormState } from '@/app/_ui/form-state';
import { Id } from '@/app/_ui/id';
import { Checkbox, Input, Select } from '@/app/_ui/input';
import { Columns, Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Panel } from '@/app/_ui/panel';
import { SubmitButton } from '@/app/_ui/submit';
import { Time } from '@/app/_ui/time';
import { handOver } from './_parts/hand-over';
import { defaultLifetime, lifetimes, PRIVILEGES, ROLES, type RoleName } from './_parts/request';
import { type MintAnswer, mintTokenAction } from './actions';
import styles from './tokens.module.css';

export interface MintProps {
  organisationId: string;
  projectId: string;
  path: string;
  capSeconds: number;
  wildcardChannel: boolean;
  wildcardUser: boolean;
  reason?: string;
}

type Minted = NonNullable<MintAnswer['minted']>;

export function Mint({
  organisationId,
  projectId,
  path,
  capSeconds,
  wildcardChannel,
  wildcardUser,
  reason,
}: MintProps) {
  const [kind, setKind] = useState<'rtc' | 'messaging'>('rtc');
  const [role, setRole] = useState<RoleName>('publisher');
  const [anyUser, setAnyUser] = useState(false);
  const [minted, setMinted] = useState<Minted | null>(null);
  const onState = (state: FormState) => {
    const { minted: made } = state as MintAnswer;
    if (made) setMinted(made);
  };
  return (
    <Panel title="Make a token" note="for testing; production tokens are made on your app server">
      <Stack gap={5}>
        <ActionForm
          action={mintTokenAction as never}
          hidden={{ organisationId, projectId }}
          onOk="stay"
          onState={onState}
          label="Make a token"
        >
          <Stack gap={4}>
            <Columns n={2} gap={4}>
              <Field name="kind" label="For">
                <Select
                  value={kind}
                  onChange={(event) => setKind(event.target.value as typeof kind)}
                  options={[
                    { value: 'rtc', label: 'A channel (RTC)' },
                    { value: 'messaging', label: 'Messaging (RTM)' },
                  ]}
                />
              </Field>
              <Field name="lifetimeSeconds" label="Lifetime">
                <Select options={lifetimes(capSeconds)} defaultValue={defaultLifetime(capSeconds)} />
              </Field>
            </Columns>
            {kind === 'messaging' ? (
              <Field name="user" label="User" hint="The account that logs in.">
                <Input mono />
              </Field>
            ) : (
              <>
                <Columns n={2} gap={4}>
                  <Field
                    name="channel"
                    label="Channel"
                    hint={wildcardChannel ? 'Or * for any.' : 'One channel; this project forbids any.'}
                  >
                    <Input mono />
                  </Field>
                  <Field name="account" label="User" hint="uid or account.">
                    <Input mono disabled={anyUser} placeholder={anyUser ? 'any' : undefined} />
                  </Field>
                </Columns>
                <Checkbox
                  name="anyUser"
                  label="Any user"
                  hint="A wildcard: whoever holds the token may take any name."
                  reason={wildcardUser ? undefined : 'The token policy of this project forbids tokens for any user.'}
                  checked={anyUser}
                  onChange={(event) => setAnyUser(event.target.checked)}
                />
                <div onChange={(event) => setRole((event.target as unknown as HTMLInputElement).value as RoleName)}>
                  <RadioCards
                    name="role"
                    legend="Role"
                    columns={3}
                    defaultValue="publisher"
                    options={Object.entries(ROLES).map(([value, { label, hint }]) => ({ value, label, hint }))}
                  />
                </div>
                {role === 'custom' ? (
                  <Row gap={4} wrap>
                    {PRIVILEGES.map((name) => (
                      <Checkbox key={name} name={name} label={name} defaultChecked={name === 'join'} />
                    ))}
                  </Row>
                ) : null}
              </>
            )}
            <Row gap={3}>
              {reason ? (
                <Button variant="primary" reason={reason}>
                  Mint token
                </Button>
              ) : (
                <SubmitButton busy="Signing">Mint token</SubmitButton>
              )}
            </Row>
          </Stack>
        </ActionForm>
        {minted ? <Result minted={minted} path={path} /> : null}
      </Stack>
    </Panel>
  );
}

function Result({ minted, path }: { minted: Minted; path: string }) {
  const router = useRouter();
  const { token, tokenId, expiresAt, channel, account } = minted;
  const take = (where: string) => () => {
    handOver({ token, channel, account });
    router.push(`${path}/${where}`);
  };
  return (
    <section aria-label="The token made">
      <Stack gap={4}>
        <Note tone="success" live>
          The token is signed. Anyone holding it can use it until it ends; it is signed, not encrypted.
        </Note>
        <div className={styles.token}>
          <code>{token}</code>
          <Copy value={token} label="Copy token" worded />
        </div>
        <DefinitionList
          ruled
          items={[
            { term: 'Token ID', value: <Id value={tokenId} kind="t" label="token ID" /> },
            { term: 'Expires', value: <Time at={expiresAt} /> },
          ]}
        />
        <Row gap={2} wrap>
          <Button onClick={take('tokens/inspect')}>Inspect</Button>
          {channel ? <Button onClick={take('try')}>Try it</Button> : null}
        </Row>
      </Stack>
    </section>
  );
}
