/** Beside the document: what version it is, how those it holds for sign in, and what there is not yet. */
import type { ReactNode } from 'react';
import { DefinitionList } from '@/app/_ui/definition-list';
import { formatNumber } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Panel } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Time } from '@/app/_ui/time';
import type { AccessPolicyView, Whose } from '@/lib/access-policy/schemas';

export function PolicyAside({
  policy,
  whose,
  children,
}: {
  policy: AccessPolicyView;
  whose: Whose;
  children?: ReactNode;
}) {
  const last = Object.values(policy.changes)
    .map(({ at }) => at)
    .sort()
    .at(-1);
  const { people } = policy;
  return (
    <Stack gap={5}>
      <Panel title="In force">
        <DefinitionList
          items={[
            { term: 'Status', value: <Status state="enforced" word="Enforced" /> },
            { term: 'Version', value: policy.version === 0 ? 'Defaults' : String(policy.version) },
            { term: 'Changed', value: last ? <Time at={last} /> : 'Never' },
            { term: 'Holds for', value: whose === 'members' ? 'Every member' : 'All staff' },
          ]}
        />
      </Panel>
      {people ? (
        <Panel title="Best factor" note={whose === 'members' ? 'of members' : 'of staff'}>
          <DefinitionList
            items={[
              { term: 'Bound passkey', value: formatNumber(people.deviceBound) },
              { term: 'Synced passkey', value: formatNumber(people.synced) },
              { term: 'No passkey', value: formatNumber(people.other) },
            ]}
          />
        </Panel>
      ) : null}
      {children}
      <div className="small quiet no-print">
        <p>Single sign-on: not available yet.</p>
        <p>Directory provisioning (SCIM): not available yet.</p>
      </div>
    </Stack>
  );
}
