import { DefinitionList } from '@/app/_ui/definition-list';
import { Figure } from '@/app/_ui/figure';
import { formatNumber } from '@/app/_ui/format';
import { Row, Stack } from '@/app/_ui/layout';
import { Panel } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { SteppedConfirm } from '@/app/(customer)/_parts/stepped';
import type { ListedCertificate } from '@/lib/projects';
import { deleteCertificateAction, disableCertificateAction, enableCertificateAction } from './actions';
import { RevealCertificate } from './secret-dialogs';

export interface CertificateReasons {
  reveal?: string;
  enable?: string;
  disable?: string;
  delete?: string;
}

export interface CertificatePanelProps {
  certificate: ListedCertificate;
  reasons: CertificateReasons;
  /** Whether tokens of another certificate are admitted. */
  other: boolean;
  organisationId: string;
  projectId: string;
  projectName: string;
}

/** One place with its certificate: what uses it, and what may be done to it. */
export function CertificatePanel({
  certificate,
  reasons,
  other,
  organisationId,
  projectId,
  projectName,
}: CertificatePanelProps) {
  const { id, slot, status, fingerprint, createdAt, lastUsedAt, joinsLastDay } = certificate;
  const name = slot === 'primary' ? 'Primary certificate' : 'Secondary certificate';
  const hidden = { organisationId, projectId, certificateId: id };
  const object = `${projectName}, ${slot}`;
  const used =
    joinsLastDay === 0 ? 'No join used it in the last 24 h.' : `${joins(joinsLastDay)} in the last 24 h used it.`;

  return (
    <Panel
      title={name}
      aside={
        status === 'enabled' ? <Status state="enforced" word="Valid" /> : <Status state="closed" word="Disabled" />
      }
    >
      <Stack gap={4}>
        <Figure label="Joins, 24 h" value={formatNumber(joinsLastDay)} size="big" />
        <DefinitionList
          items={[
            { term: 'Fingerprint', value: <Mono>{fingerprint}</Mono> },
            { term: 'Last used', value: lastUsedAt ? <Time at={lastUsedAt} /> : 'never' },
            { term: 'Created', value: <Time at={createdAt} /> },
          ]}
        />
        <Row wrap>
          <RevealCertificate
            trigger={{ label: 'Reveal…', size: 'sm', reason: reasons.reveal }}
            hidden={hidden}
            name={name}
            fingerprint={fingerprint}
          />
          {status === 'disabled' ? (
            <SteppedConfirm
              trigger={{ label: 'Enable…', size: 'sm', reason: reasons.enable }}
              title={`Enable the ${slot} certificate`}
              act="Enable certificate"
              action={enableCertificateAction}
              hidden={hidden}
              words={{ act: 'Enable the certificate', name: object }}
              danger={false}
            >
              Edges admit tokens signed with {fingerprint} again.
            </SteppedConfirm>
          ) : (
            <SteppedConfirm
              trigger={{ label: 'Disable…', size: 'sm', variant: 'danger', reason: reasons.disable }}
              title={`Disable the ${slot} certificate`}
              act="Disable certificate"
              action={disableCertificateAction}
              hidden={hidden}
              words={{ act: 'Disable the certificate', name: object }}
            >
              {used} Edges refuse its tokens and cut the sessions they opened.{' '}
              {other
                ? 'Tokens of the other certificate go on.'
                : 'No other certificate is valid: nobody can join until one is.'}{' '}
              It can be enabled again.
            </SteppedConfirm>
          )}
          <SteppedConfirm
            trigger={{ label: 'Delete…', size: 'sm', variant: 'danger', reason: reasons.delete }}
            title={`Delete the ${slot} certificate`}
            act="Delete certificate"
            name={fingerprint}
            action={deleteCertificateAction}
            hidden={hidden}
            words={{ act: 'Delete the certificate', name: object }}
          >
            {used} Its value is gone for good; tokens signed with it are never admitted again.
          </SteppedConfirm>
        </Row>
      </Stack>
    </Panel>
  );
}

const joins = (n: number) => `${formatNumber(n)} ${n === 1 ? 'join' : 'joins'}`;
