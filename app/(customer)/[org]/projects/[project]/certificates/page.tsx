import type { Metadata } from 'next';
import { Empty } from '@/app/_ui/empty';
import { Columns, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Panel, Section } from '@/app/_ui/panel';
import { Steps } from '@/app/_ui/steps';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { firstReason, roleMay, roleReason } from '@/app/(customer)/_parts/rights';
import { RoleNotice } from '@/app/(customer)/_parts/role-notice';
import {
  type CertificateAct,
  certificateCan,
  type ListedCertificate,
  listCertificates,
  projectCan,
} from '@/lib/projects';
import { customerProject } from '../../../../_frame/door';
import { CertificatePanel, type CertificateReasons } from './certificate-panel';
import { rotationSteps } from './rotation';
import { AddCertificate } from './secret-dialogs';

export const metadata: Metadata = { title: 'Certificates' };

export default async function CertificatesPage({ params }: { params: Promise<{ org: string; project: string }> }) {
  const { org, project: projectId } = await params;
  const page = await customerProject(org, projectId);
  const { caller, project, organisation, role } = page;
  if (!roleMay(page, 'read', 'Certificate'))
    return <RoleNotice title="Certificates" role={role} what="Certificates are what your servers sign tokens with." />;

  const all = await listCertificates(caller, project.id);
  const held = all.filter(({ status }) => status !== 'deleted').sort((a, b) => a.slot.localeCompare(b.slot));
  const deleted = all.filter(({ status }) => status === 'deleted');
  const hidden = { organisationId: organisation.id, projectId: project.id };
  const state = projectCan('change', project);
  const reasonFor = (act: Exclude<CertificateAct, 'add'>, certificate: ListedCertificate) =>
    firstReason(
      roleReason(page, act, 'Certificate'),
      act === 'reveal' || state.allowed ? certificateCan(act, certificate, held) : state,
    );
  const reasonsFor = (certificate: ListedCertificate): CertificateReasons => ({
    reveal: reasonFor('reveal', certificate),
    enable: reasonFor('enable', certificate),
    disable: reasonFor('disable', certificate),
    delete: reasonFor('delete', certificate),
  });
  const addReason = firstReason(
    roleReason(page, 'create', 'Certificate'),
    state.allowed ? certificateCan('add', null, held) : state,
  );
  const enabled = held.filter(({ status }) => status === 'enabled');

  return (
    <Page>
      <PageHead
        title="Certificates"
        lede="Your servers sign tokens with a certificate. Two can be valid at once, so you can change one without dropping a call."
        acts={
          <AddCertificate
            trigger={{
              label: 'Add certificate',
              icon: 'plus',
              variant: addReason ? 'default' : 'primary',
              reason: addReason,
            }}
            hidden={hidden}
          />
        }
      />
      <Stack gap={6}>
        {enabled.length === 0 ? (
          <Note tone="danger" title="No certificate is valid.">
            {project.mode === 'token'
              ? 'Every edge refuses every token of this project.'
              : 'Tokens are refused; joins by App ID alone go on.'}{' '}
            Enable or add one.
          </Note>
        ) : null}
        <Panel
          title="Rotation"
          note="changing a certificate without dropping a call"
          aside={<span className="small quiet only-wide">Every step can be undone until you delete</span>}
        >
          <Steps items={rotationSteps(held)} label="Rotation" />
        </Panel>
        {held.length === 0 ? (
          <Empty title="No certificates">Add one: its value is shown once, and your server signs tokens with it.</Empty>
        ) : (
          <Columns n={2}>
            {held.map((certificate) => (
              <CertificatePanel
                key={certificate.id}
                certificate={certificate}
                reasons={reasonsFor(certificate)}
                other={enabled.some(({ id }) => id !== certificate.id)}
                projectName={project.name}
                {...hidden}
              />
            ))}
            {held.length === 1 ? (
              <Empty compact title={`The ${held[0]!.slot === 'primary' ? 'secondary' : 'primary'} place is free`}>
                Add a certificate to begin a rotation. Nothing changes for tokens of the other one.
              </Empty>
            ) : null}
          </Columns>
        )}
        {deleted.length > 0 ? <History deleted={deleted} /> : null}
      </Stack>
    </Page>
  );
}

function History({ deleted }: { deleted: readonly ListedCertificate[] }) {
  return (
    <Section title="Deleted" note="their values are gone">
      <Table
        label="Deleted certificates"
        edge
        rows={deleted}
        rowKey={({ id }) => id}
        columns={[
          { id: 'fingerprint', head: 'Fingerprint', cell: ({ fingerprint }) => <Mono>{fingerprint}</Mono> },
          { id: 'slot', head: 'Place', cell: ({ slot }) => (slot === 'primary' ? 'Primary' : 'Secondary') },
          { id: 'created', head: 'Created', hide: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
          {
            id: 'used',
            head: 'Last used',
            hide: true,
            cell: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} /> : 'never'),
          },
          { id: 'ended', head: 'Deleted', cell: ({ endedAt }) => <Time at={endedAt} /> },
        ]}
        menu={() => []}
      />
    </Section>
  );
}
