import { Panel } from '@/app/_ui/panel';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { kindOf } from '@/app/(auth)/_parts/passkey-kind';
import type { WaitingPasskey } from '@/lib/employees/schemas';
import { EndorseActs } from './endorse-acts';

export interface WaitingPasskeysProps {
  of: readonly WaitingPasskey[];
  /** Who looks: nobody endorses their own. */
  userId: string;
  /** Whether the role endorses. */
  mayEndorse: boolean;
}

/** New passkeys of the staff that a second person has to vouch for. Until then they open nothing. */
export function WaitingPasskeys({ of, userId, mayEndorse }: WaitingPasskeysProps) {
  return (
    <Panel
      title="Waiting passkeys"
      note={String(of.length)}
      tone="notice"
      flush
      foot={
        mayEndorse
          ? 'Endorse one only while its owner reads you the fingerprint, face to face or by a call you trust.'
          : 'An administrator or a security officer endorses them.'
      }
    >
      <Table
        label="Waiting passkeys"
        density="tall"
        rows={of}
        rowKey={({ id }) => id}
        columns={[
          {
            id: 'who',
            head: 'Whose',
            grow: true,
            cell: ({ name, email, fingerprint }) => <NameCell name={name} more={email} under={fingerprint} />,
          },
          { id: 'role', head: 'Role', hide: true, cell: ({ role }) => role },
          {
            id: 'passkey',
            head: 'Passkey',
            hide: true,
            cell: ({ passkeyName, deviceBound }) => (
              <NameCell name={passkeyName} more={kindOf(deviceBound).toLowerCase()} />
            ),
          },
          {
            id: 'fingerprint',
            head: 'Fingerprint',
            hide: true,
            cell: ({ fingerprint }) => <Mono>{fingerprint}</Mono>,
          },
          { id: 'since', head: 'Since', hide: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
          ...(mayEndorse
            ? [
                {
                  id: 'acts',
                  head: <span className="sr">Acts</span>,
                  align: 'num' as const,
                  tight: true,
                  cell: (passkey: WaitingPasskey) => <EndorseActs passkey={passkey} own={passkey.userId === userId} />,
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}
