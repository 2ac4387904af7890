import type { ReactNode } from 'react';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { Confirm } from '@/app/(customer)/_parts/stepped';
import { API_SCOPES, type ApiKeyView } from '@/lib/api-keys/schemas';
import { revokeApiKeyAction } from './actions';

const STATES = {
  active: { state: 'enforced', word: 'Active' },
  expired: { state: 'expires', word: 'Expired' },
  revoked: { state: 'refused', word: 'Revoked' },
} as const;

export interface KeysTableProps {
  keys: readonly ApiKeyView[];
  hidden: Readonly<Record<string, string>>;
  /** Why the role may not revoke. */
  reason?: string;
  empty: ReactNode;
}

export function KeysTable({ keys, hidden, reason, empty }: KeysTableProps) {
  return (
    <Table
      label="API keys"
      density="tall"
      edge
      rows={keys}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        { id: 'name', head: 'Name', grow: true, cell: ({ name, prefix }) => <NameCell name={name} under={prefix} /> },
        { id: 'prefix', head: 'Prefix', hide: true, cell: ({ prefix }) => <Mono>{prefix}</Mono> },
        { id: 'scopes', head: 'Scopes', hide: true, cell: ({ scopes }) => <Scopes scopes={scopes} /> },
        { id: 'created', head: 'Created', hide: true, quiet: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
        {
          id: 'used',
          head: 'Last used',
          hide: true,
          cell: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} /> : 'never'),
        },
        {
          id: 'expires',
          head: 'Expires',
          hide: true,
          cell: ({ expiresAt }) => (expiresAt ? <Time at={expiresAt} /> : 'never'),
        },
        { id: 'state', head: 'State', cell: ({ state }) => <Status {...STATES[state]} /> },
        {
          id: 'revoke',
          head: <span className="sr">Revoke</span>,
          tight: true,
          cell: (key) => <Revoke apiKey={key} hidden={hidden} reason={reason} />,
        },
      ]}
      menu={() => []}
    />
  );
}

function Scopes({ scopes }: { scopes: readonly string[] }) {
  const words = scopes.map((scope) =>
    Object.hasOwn(API_SCOPES, scope) ? API_SCOPES[scope as keyof typeof API_SCOPES] : scope,
  );
  const [first, ...rest] = scopes;
  return (
    <span title={words.join('. ')}>
      <Mono>{first ?? '–'}</Mono>
      {rest.length > 0 ? <span className="quiet small"> and {rest.length} more</span> : null}
      <span className="sr">: {words.join('. ')}</span>
    </span>
  );
}

function Revoke({
  apiKey,
  hidden,
  reason,
}: {
  apiKey: ApiKeyView;
  hidden: Readonly<Record<string, string>>;
  reason?: string;
}) {
  if (apiKey.state === 'revoked')
    return <span className="small quiet">{apiKey.revokedAt ? <Time at={apiKey.revokedAt} /> : null}</span>;
  return (
    <Confirm
      trigger={{ label: 'Revoke…', size: 'sm', variant: 'danger', reason }}
      title={`Revoke ${apiKey.name}`}
      act="Revoke key"
      action={revokeApiKeyAction}
      hidden={{ ...hidden, keyId: apiKey.id }}
    >
      From the next request on the key is nobody’s.{' '}
      {apiKey.lastUsedAt ? (
        <>
          It was last used <Time at={apiKey.lastUsedAt} />.
        </>
      ) : (
        'It was never used.'
      )}{' '}
      It cannot be brought back.
    </Confirm>
  );
}
