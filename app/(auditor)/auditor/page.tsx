import type { Metadata } from 'next';
import { ActSummary } from '@/app/_parts/audit/act-summary';
import { AuditLog } from '@/app/_parts/audit/audit-log';
import { DrawSample } from '@/app/_parts/audit/draw-sample';
import { ExportActs } from '@/app/_parts/audit/export-acts';
import { Views } from '@/app/_parts/audit/views';
import { formatExact } from '@/app/_ui/format';
import { Page, PageHead } from '@/app/_ui/page';
import type { Params } from '@/app/_ui/query';
import { Time } from '@/app/_ui/time';
import {
  removeViewAction,
  requestExportAction,
  saveViewAction,
} from '@/app/(customer)/[org]/(organisation)/audit/actions';
import { eventNames, readAuditLog } from '@/lib/audit-log';
import { auditFilter } from '@/lib/audit-log/schemas';
import type { Caller } from '@/lib/authz';
import { listMembers } from '@/lib/organisations';
import { listProjects } from '@/lib/projects';
import { operatorLog } from '@/lib/transparency';
import { AuditorFrame } from '../_frame/auditor-frame';
import { type AuditorPage, auditor, slugOf } from '../_frame/door';
import { drawSampleAction } from './samples/actions';

const PATH = '/auditor';

/** Asks for the right first: for everybody else not even the title is here. */
export async function generateMetadata({ searchParams }: { searchParams: Promise<Params> }): Promise<Metadata> {
  await auditor(PATH, slugOf((await searchParams).organisation));
  return { title: 'Audit log' };
}

export default async function AuditorLogPage({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  const page = await auditor(PATH, slugOf(params.organisation));
  return (
    <AuditorFrame page={page} path={PATH}>
      <Log page={page} params={params} />
    </AuditorFrame>
  );
}

async function Log({ page, params }: { page: AuditorPage; params: Params }) {
  const { organisation, principal } = page;
  const caller: Caller & { kind: 'member' } = {
    kind: 'member',
    secret: principal.secret,
    organisationId: organisation.id,
  };
  const filter = auditFilter.parse(params);
  const [log, members, projects, { vkeys }] = await Promise.all([
    readAuditLog(caller, filter),
    listMembers(principal.secret, organisation.id),
    listProjects(caller, { limit: 100 }),
    operatorLog(),
  ]);
  return (
    <Page>
      <PageHead
        title="Audit log"
        count="All times UTC"
        lede="Every act of members, API keys, the provider and edges in this organisation, newest first. Your reading is recorded too."
        acts={
          <ExportActs
            href={`/${organisation.slug}/audit/exports`}
            streams={`/${organisation.slug}/audit/streams`}
            retention={`/${organisation.slug}/audit/retention`}
            action={requestExportAction}
            organisationId={organisation.id}
            filter={filter}
            log={log.log}
          >
            <DrawSample
              action={drawSampleAction}
              organisationId={organisation.id}
              filter={filter}
              log={log.log}
              samples={`${PATH}/samples?organisation=${organisation.slug}`}
            />
          </ExportActs>
        }
      />
      <p className="print-only small">
        {organisation.name}. {wordsOf(filter)} Printed {formatExact(Date.now())} by {principal.name}.
      </p>
      {filter.act ? <ActSummary caller={caller} actId={filter.act} /> : null}
      <AuditLog
        path={PATH}
        files={`/${organisation.slug}/audit`}
        params={params}
        keep={{ organisation: organisation.slug }}
        filter={filter}
        views={
          <Views
            viewer={caller}
            path={PATH}
            keep={{ organisation: organisation.slug }}
            filter={filter}
            manages={false}
            save={saveViewAction}
            remove={removeViewAction}
          />
        }
        page={log}
        verify={{ log: organisation.id, vkeys }}
        events={eventNames()}
        people={members.map(({ userId, name }) => ({ id: userId, name }))}
        projects={projects.items.map(({ id, name }) => ({ id, name }))}
        about="Acts of members, API keys, the provider and edges are written here in the same transaction as the act itself."
      />
      <p className="small quiet">
        Read <Time at={Date.now()} mode="exact" />. Events cannot be changed or removed; personal values beside them can
        be erased, and then say so.
      </p>
    </Page>
  );
}

/** The filters in words, for paper. */
function wordsOf({
  event,
  outcome,
  actor,
  project,
  object,
  q,
  act,
  from,
  to,
}: ReturnType<typeof auditFilter.parse>): string {
  const set = Object.entries({ event, outcome, actor, project, object, words: q, act, from, 'to before': to }).filter(
    ([, value]) => value !== undefined,
  );
  return set.length === 0 ? 'No filters.' : `Filters: ${set.map(([name, value]) => `${name} ${value}`).join(', ')}.`;
}
