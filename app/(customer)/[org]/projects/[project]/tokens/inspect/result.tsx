'use client';
import { ButtonLink } from '@/app/_ui/button';
import { Copy } from '@/app/_ui/copy';
import { DecisionLadder } from '@/app/_ui/decision-ladder';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { formatExact } from '@/app/_ui/format';
import { Id } from '@/app/_ui/id';
import { Note } from '@/app/_ui/note';
import { Panel, Section } from '@/app/_ui/panel';
import { Simulated, Tag } from '@/app/_ui/tag';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { InspectedService, Inspection } from '@/lib/tokens/schemas';
import { ladderOf, verdictOf } from '../_parts/verdict';
import styles from './inspect.module.css';

const KINDS: Readonly<Record<string, string>> = { rtc: 'RTC', rtm: 'Messaging', rtm2: 'Messaging 2' };

interface Shown {
  inspection: Inspection;
  projectName: string;
  path: string;
}

/** What anybody holding the token can read in it. */
export function Says({ inspection, projectName, path, mayRevoke }: Shown & { mayRevoke: boolean }) {
  const { token, unreadable, certificate } = inspection;
  if (!token) {
    return (
      <Note tone="danger" title="This is not a token.">
        {unreadable}
      </Note>
    );
  }
  const { version, appId, tokenId, issuedAt, expiresAt, services } = token;
  return (
    <Section title="What it says" note="signed, not encrypted: anyone can read this">
      <DefinitionList
        ruled
        items={[
          { term: 'Version', value: <Mono>{version}</Mono> },
          { term: 'App ID', value: <Id value={appId} label="App ID" /> },
          { term: 'Issued', value: issuedAt ? <Moment at={issuedAt} /> : 'not said by version 006' },
          { term: 'Expires', value: <Moment at={expiresAt} /> },
          ...services.flatMap((service) => fields(service)),
          {
            term: 'Signed with',
            value: certificate ? `${certificate.slot} certificate of ${projectName}` : 'no certificate found to match',
          },
          ...(tokenId ? [{ term: 'Token ID', value: <Id value={tokenId} kind="t" label="token ID" /> }] : []),
        ]}
      />
      <div className={styles.acts}>
        <Copy value={report(inspection)} label="Copy as report" worded />
        {tokenId ? (
          <ButtonLink
            href={`${path}/revocations?revoke=token&subject=${tokenId}`}
            variant="danger"
            reason={mayRevoke ? undefined : 'Not part of your role.'}
          >
            Revoke this token…
          </ButtonLink>
        ) : null}
      </div>
    </Section>
  );
}

const Moment = ({ at }: { at: string }) => (
  <>
    {formatExact(at)}{' '}
    <span className="quiet">
      <Time at={at} />
    </span>
  </>
);

function fields({ kind, channel, account, wildcard, privileges }: InspectedService) {
  const name = KINDS[kind] ?? kind;
  return [
    ...(kind === 'rtc'
      ? [{ term: `${name} channel`, value: channel === null ? 'a checksum only' : <Mono>{channel || '* any'}</Mono> }]
      : []),
    {
      term: kind === 'rtc' ? 'Account' : `${name} user`,
      value: account === null ? 'a checksum only' : <Mono>{account || '* any'}</Mono>,
    },
    ...(wildcard ? [{ term: 'Wildcard', value: 'fits more than one channel or user' }] : []),
    {
      term: `${name} privileges`,
      value: (
        <span className={styles.tags}>
          {privileges.length === 0 ? 'none' : null}
          {privileges.map((privilege) => (
            <Tag key={privilege.name}>{privilege.name}</Tag>
          ))}
        </span>
      ),
    },
  ];
}

export function VerdictPanel({
  inspection,
  projectName,
  path,
}: Omit<Shown, 'inspection'> & { inspection: Inspection | null }) {
  if (!inspection) {
    return (
      <Panel>
        <Empty title="Would this join?" compact>
          The answer runs the same rules as an edge over the policy edges are sent. Nothing goes to an edge.
        </Empty>
      </Panel>
    );
  }
  const { decision, policy, edge, at } = inspection;
  return (
    <>
      <Panel>
        <div role="status">
          <DecisionLadder verdict={verdictOf(inspection)} steps={ladderOf(inspection)} />
        </div>
        {decision.next ? (
          <div className={styles.next}>
            <Note tone="accent" title="What to do.">
              {decision.next}
              {decision.allowedRegions.length > 0
                ? ` ${projectName} allows ${decision.allowedRegions.join(', ')}.`
                : ''}
            </Note>
          </div>
        ) : null}
      </Panel>
      <p className={styles.foot}>
        <span>
          At <Mono>{edge.name}</Mono>, policy <Mono>{`${policy.epoch}.${policy.seq}`}</Mono>, {formatExact(at)}
        </span>
        {decision.rule === 'fence' ? (
          <a href={`${path}/fence`} className="link">
            Open the fence
          </a>
        ) : null}
        <Simulated what="regions" />
      </p>
    </>
  );
}

/** The verdict as text for a ticket: no token in it. */
function report({ decision, edge, policy, at, steps, token }: Inspection): string {
  return [
    `${decision.verdict === 'allow' ? 'Allowed' : 'Refused'}: ${decision.code} (rule ${decision.rule}, HTTP ${decision.status})`,
    [decision.says, decision.detail, decision.next].filter(Boolean).join(' '),
    `Edge ${edge.name} (${edge.region}), policy ${policy.epoch}.${policy.seq}, at ${formatExact(at)}`,
    ...(token?.tokenId ? [`Token ID ${token.tokenId}`] : []),
    ...steps.map(
      ({ rule, result, detail }) =>
        `${result === 'passed' ? '+' : result === 'refused' ? 'x' : '.'} ${rule}: ${detail || 'not reached'}`,
    ),
  ].join('\n');
}
