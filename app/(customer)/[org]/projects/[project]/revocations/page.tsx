import type { Metadata } from 'next';
import { Empty } from '@/app/_ui/empty';
import { Page, PageHead } from '@/app/_ui/page';
import { PageActs } from '@/app/_ui/page-acts';
import { Pager } from '@/app/_ui/pager';
import { one, type Params, withParams } from '@/app/_ui/query';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { roleReason } from '@/app/(customer)/_parts/rights';
import { listEdges, listSessions } from '@/lib/fleet';
import { listRevocations } from '@/lib/policy';
import { listCertificates } from '@/lib/projects';
import { customerProject } from '../../../../_frame/door';
import { enforcedOn } from './_parts/enforced';
import { isSubjectType, subjectText } from './_parts/subject';
import { RevokePanel } from './revoke-panel';

const EXAMPLE = `curl $CONSOLE/api/v1/revocations -H "Authorization: Bearer $API_KEY" --json '{"subject":{"type":"user","account":"1001"},"reason":"left the company"}'`;

export const metadata: Metadata = { title: 'Revocations' };

export default async function RevocationsPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string; project: string }>;
  searchParams: Promise<Params>;
}) {
  const [{ org, project: id }, search] = await Promise.all([params, searchParams]);
  const page = await customerProject(org, id);
  const { project, caller } = page;
  const path = `${page.path}/revocations`;
  const cursor = one(search, 'cursor') ?? null;
  const why = roleReason(page, 'create', 'Revocation');
  const [{ items, next }, edges, live, certificates] = await Promise.all([
    listRevocations(caller, project.id, { cursor }),
    listEdges(caller),
    listSessions(caller, project.id, { live: true, limit: 200 }),
    // Who may not revoke may not see certificates either.
    why ? [] : listCertificates(caller, project.id),
  ]);
  const type = one(search, 'revoke');
  const asked = isSubjectType(type) ? { type, subject: one(search, 'subject') ?? '' } : null;

  return (
    <Page>
      <PageHead
        title="Revocations"
        lede="Refused on every edge from the moment each enforces it; live sessions it covers are cut. Tokens issued later are fine."
        acts={
          <RevokePanel
            key={`${asked?.type}${asked?.subject}`}
            organisationId={page.organisation.id}
            projectId={project.id}
            name={project.name}
            path={path}
            live={live.items.map(({ channel, account, tokenId, certificateId }) => ({
              channel,
              account,
              tokenId,
              certificateId,
            }))}
            more={live.next !== null}
            certificates={certificates
              .filter(({ status }) => status !== 'deleted')
              .map(({ id: certificateId, slot, fingerprint }) => ({
                id: certificateId,
                label: `${slot}, ${fingerprint}`,
              }))}
            asked={asked}
            reason={why}
          />
        }
      />
      <PageActs
        acts={[
          {
            id: 'revoke-user',
            label: 'Revoke a user…',
            href: withParams(path, {}, { revoke: 'user' }),
            icon: 'lock',
            hint: 'asks you to confirm',
            ...(why ? { reason: why } : {}),
          },
          {
            id: 'revoke-token',
            label: 'Revoke a token…',
            href: withParams(path, {}, { revoke: 'token' }),
            icon: 'lock',
            hint: 'asks you to confirm',
            ...(why ? { reason: why } : {}),
          },
        ]}
      />
      <Table
        label="Revocations"
        density="row"
        edge
        rows={items}
        rowKey={(row) => row.id}
        href={(row) => `${page.path}/changes/${row.seq}`}
        columns={[
          { id: 'subject', head: 'Subject', cell: (row) => <span dir="auto">{subjectText(row)}</span> },
          { id: 'before', head: 'Issued before', cell: (row) => <Time at={row.issuedBefore} mode="exact" /> },
          { id: 'reason', head: 'Reason', grow: true, hide: true, cell: (row) => <span dir="auto">{row.reason}</span> },
          { id: 'when', head: 'Made', hide: true, quiet: true, cell: (row) => <Time at={row.createdAt} /> },
          {
            id: 'enforced',
            head: 'Enforced',
            cell: (row) => {
              const { enforced, of } = enforcedOn(row.seq, edges);
              return (
                <Status state={of > 0 && enforced === of ? 'enforced' : 'applied'} word={`${enforced} of ${of}`} />
              );
            },
          },
          { id: 'seq', head: 'Change', align: 'num', hide: true, quiet: true, cell: (row) => <Mono>{row.seq}</Mono> },
        ]}
        empty={
          <Empty title={cursor ? 'No older revocations' : 'Nothing is revoked'} command={cursor ? undefined : EXAMPLE}>
            A revocation refuses a token, a user, a channel, a certificate or the whole project up to a time, within
            half a second on every connected edge. Revoking a user also revokes the wildcard tokens that user joined
            with. To lock out for good, freeze the project or disable the certificate: a revocation never bars what is
            issued later.
          </Empty>
        }
        foot={
          <Pager
            shown={items.length}
            noun={items.length === 1 ? 'revocation' : 'revocations'}
            log
            prev={cursor ? path : undefined}
            next={next ? withParams(path, {}, { cursor: next }) : undefined}
            note="Revoking a user also revokes the wildcard tokens that user joined with. Tokens issued later are fine; to lock out for good, freeze the project or disable the certificate."
          />
        }
      />
    </Page>
  );
}
