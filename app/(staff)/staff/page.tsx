import type { Metadata } from 'next';
import Link from 'next/link';
import { UrlPanel } from '@/app/_parts/url-panel';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { Filters } from '@/app/_ui/filters';
import { Id } from '@/app/_ui/id';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Pager } from '@/app/_ui/pager';
import { Section } from '@/app/_ui/panel';
import { type Params, withParams } from '@/app/_ui/query';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { listOrganisations, type OrganisationRow } from '@/lib/organisations';
import { staff } from '../_frame/door';
import { CreateOrganisation } from './create-organisation';
import { InviteOwner } from './invite-owner';

export const metadata: Metadata = { title: 'Organisations' };

const PATH = '/staff';
/** What lib/organisations gives at a time. */
const PAGE = 200;

export default async function OrganisationsPage({ searchParams }: { searchParams: Promise<Params> }) {
  const [page, params] = await Promise.all([staff(), searchParams]);
  const q = typeof params.q === 'string' ? params.q : '';
  const after = typeof params.cursor === 'string' ? params.cursor : undefined;
  const organisations = await listOrganisations(page.secret, { search: q, after });
  const open = organisations.find(({ id }) => id === params.open);
  const createReason = page.reason('create', 'Organisation');
  const opened = (id: string | null) => withParams(PATH, params, { open: id, cursor: after ?? null });
  const last = organisations.length === PAGE ? organisations.at(-1) : undefined;

  return (
    <Page>
      <PageHead
        title="Organisations"
        count={q || after ? undefined : organisations.length}
        lede="Staff make tenants and invite their owners. Projects, tokens, sessions and records of a customer are not visible from here."
        acts={<CreateOrganisation reason={createReason} />}
      />
      {organisations.length > 0 || q ? (
        <Filters path={PATH} params={params} search={{ name: 'q', value: q, placeholder: 'Find an organisation' }} />
      ) : null}
      <Table
        label="Organisations"
        density="row"
        edge
        rows={organisations}
        rowKey={({ id }) => id}
        href={({ id }) => opened(id)}
        selected={({ id }) => id === open?.id}
        menu={({ id }) => [
          {
            label: 'Invite another owner',
            icon: 'plus',
            href: opened(id),
            reason: page.reason('create', 'Invitation'),
          },
        ]}
        columns={[
          {
            id: 'name',
            head: 'Organisation',
            grow: true,
            cell: ({ name, slug }) => <NameCell name={name} under={slug} />,
          },
          { id: 'slug', head: 'Address', hide: true, cell: ({ slug }) => <Mono>{slug}</Mono> },
          { id: 'created', head: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
        ]}
        empty={<Nothing search={q} />}
        foot={
          <Pager
            shown={organisations.length}
            noun={organisations.length === 1 ? 'organisation' : 'organisations'}
            next={last ? withParams(PATH, { ...params, open: undefined }, { cursor: last.id }) : undefined}
            note={
              after ? (
                <Link className="link" href={withParams(PATH, { q }, {})}>
                  Back to the newest
                </Link>
              ) : undefined
            }
          />
        }
      />
      {open ? <Organisation of={open} closeHref={opened(null)} reason={page.reason('create', 'Invitation')} /> : null}
    </Page>
  );
}

function Organisation({ of, closeHref, reason }: { of: OrganisationRow; closeHref: string; reason?: string }) {
  return (
    <UrlPanel title={of.name} lede={<Mono>{of.slug}</Mono>} closeHref={closeHref}>
      <Stack gap={5}>
        <DefinitionList
          ruled
          items={[
            { term: 'Organisation', value: <Id value={of.id} label="organisation ID" /> },
            { term: 'Created', value: <Time at={of.createdAt} mode="exact" /> },
          ]}
        />
        <Section title="Invite another owner" note="the first one never came, or left">
          {reason ? (
            <p className="quiet">{reason} An administrator can do this.</p>
          ) : (
            <InviteOwner organisationId={of.id} name={of.name} />
          )}
        </Section>
      </Stack>
    </UrlPanel>
  );
}

function Nothing({ search }: { search: string }) {
  if (search) {
    return (
      <Empty
        title="No organisation fits"
        action={
          <Link className="link" href={PATH}>
            Show all organisations
          </Link>
        }
      >
        Neither a name nor an address contains “{search}”.
      </Empty>
    );
  }
  return (
    <Empty title="No organisation yet">
      An organisation is a customer with walls of its own. Create one and hand its owner the link; they make projects,
      fences and keys themselves.
    </Empty>
  );
}
