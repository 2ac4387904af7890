/** One human act whole: who, how it was confirmed, and on which edges what it changed is enforced. The events themselves are the list under it. */
import { DefinitionList } from '@/app/_ui/definition-list';
import { Enclosure } from '@/app/_ui/enclosure';
import { Stack } from '@/app/_ui/layout';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { viewAct } from '@/lib/audit-log';
import type { Caller } from '@/lib/authz';
import { isCordonError } from '@/lib/platform';
import { enforcement } from '@/lib/policy';
import styles from './act-summary.module.css';
import { confirmationOf, kindOf } from './words';

type Member = Caller & { kind: 'member' };

export async function ActSummary({ caller, actId }: { caller: Member; actId: string }) {
  const { events, confirmations, changes } = await viewAct(caller, actId);
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return null;
  const states = await Promise.all(changes.slice(0, 5).map((seq) => stateOf(caller, seq)));
  return (
    <div className={styles.act}>
      <Enclosure label="One act">
        <DefinitionList
          ruled
          items={[
            {
              term: 'Who',
              value: `${first.actor.name ?? first.actor.pseudonym} (${kindOf(first.actor.kind)})`,
            },
            {
              term: 'When',
              value: (
                <>
                  <Time at={first.at} mode="exact" />
                  {last.at === first.at ? null : (
                    <>
                      {' to '}
                      <Time at={last.at} mode="exact" />
                    </>
                  )}
                </>
              ),
            },
            { term: 'Events', value: `${events.length} in this log` },
            {
              term: 'Confirmed',
              value:
                first.actor.kind === 'api-key' ? (
                  <span className="quiet">An API key needs its scope instead.</span>
                ) : confirmations.length === 0 ? (
                  <span className="quiet">No confirmation on this object is recorded in the ten minutes before.</span>
                ) : (
                  <Stack gap={1}>
                    {confirmations.map((event) => (
                      <span key={event.id}>
                        <Time at={event.at} mode="exact" />, {factorOf(event)}; <Mono>{actionOf(event)}</Mono>
                      </span>
                    ))}
                  </Stack>
                ),
            },
            ...states.map(({ seq, state }) => ({
              term: `Change ${seq}`,
              value: state ? (
                <Status
                  state={state.enforced >= state.edges.length ? 'enforced' : 'applied'}
                  word="Enforced"
                  detail={`${state.enforced}/${state.edges.length} edges`}
                />
              ) : (
                <span className="quiet">Not known here</span>
              ),
            })),
          ]}
        />
      </Enclosure>
    </div>
  );
}

type Confirmed = Parameters<typeof confirmationOf>[0];
const factorOf = (event: Confirmed): string =>
  confirmationOf(event).passkeyId === undefined
    ? 'with a code, or erased since'
    : 'with a passkey, which signed the terms';
const actionOf = ({ fields }: Confirmed): string => fields.find(({ name }) => name === 'action')?.value ?? '';

async function stateOf(caller: Member, seq: number) {
  try {
    return { seq, state: await enforcement(caller, seq) };
  } catch (error) {
    if (isCordonError(error)) return { seq, state: null };
    throw error;
  }
}
