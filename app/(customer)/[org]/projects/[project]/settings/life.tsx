import { Field } from '@/app/_ui/field';
import { formatNumber } from '@/app/_ui/format';
import { Textarea } from '@/app/_ui/input';
import { Row, Stack } from '@/app/_ui/layout';
import { Panel } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { SteppedConfirm } from '@/app/(customer)/_parts/stepped';
import type { ProjectView } from '@/lib/projects/schemas';
import { STATUS_GLYPHS, STATUS_WORDS } from '../../../(organisation)/words';
import { archiveProjectAction, freezeProjectAction, restoreProjectAction, unfreezeProjectAction } from './actions';

export interface LifeProps {
  project: ProjectView;
  organisationId: string;
  /** Sessions live now: what freezing cuts. */
  live: number;
  joinsLastDay: number;
  reasons: { freeze?: string; unfreeze?: string; archive?: string; restore?: string };
}

/** Freezing stops everything and can be taken back; archiving puts a frozen project away. */
export function LifeSetting({ project, organisationId, live, joinsLastDay, reasons }: LifeProps) {
  const hidden = { organisationId, projectId: project.id };
  const { status } = project;
  const sessions = `${formatNumber(live)} live ${live === 1 ? 'session' : 'sessions'}`;
  return (
    <Panel
      title="Freeze and archive"
      tone="danger"
      aside={<Status state={STATUS_GLYPHS[status]} word={STATUS_WORDS[status]} />}
    >
      <Stack gap={4}>
        <p>
          Frozen, every edge refuses joins and cuts who is in session; settings stay and can be changed. Archived, it is
          put away: nothing can be changed until it is restored. Both can be taken back.
        </p>
        {/* Each place keeps its dialog while the act turns into its opposite, so that an answer is never lost with it. */}
        <Row wrap gap={3}>
          {status === 'archived' ? null : status === 'active' ? (
            <SteppedConfirm
              trigger={{ label: 'Freeze…', variant: 'danger', reason: reasons.freeze }}
              title={`Freeze ${project.name}`}
              act={live === 0 ? 'Freeze project' : `Freeze and cut ${sessions}`}
              action={freezeProjectAction}
              hidden={hidden}
              words={{ act: 'Freeze', name: project.name }}
            >
              <Stack gap={4}>
                <p>
                  Every edge cuts {sessions}, counted now, and refuses every join; {formatNumber(joinsLastDay)} joined
                  in the last 24 h.
                </p>
                <Reason />
              </Stack>
            </SteppedConfirm>
          ) : (
            <SteppedConfirm
              trigger={{ label: 'Unfreeze…', reason: reasons.unfreeze }}
              title={`Unfreeze ${project.name}`}
              act="Unfreeze project"
              action={unfreezeProjectAction}
              hidden={hidden}
              words={{ act: 'Unfreeze', name: project.name }}
              danger={false}
            >
              Edges admit again, under the fence and token policy as they are now.
            </SteppedConfirm>
          )}
          {status === 'archived' ? (
            <SteppedConfirm
              trigger={{ label: 'Restore…', reason: reasons.restore }}
              title={`Restore ${project.name}`}
              act="Restore project"
              action={restoreProjectAction}
              hidden={hidden}
              words={{ act: 'Restore', name: project.name }}
              danger={false}
            >
              It comes back frozen: admitting again is a decision of its own.
            </SteppedConfirm>
          ) : (
            <SteppedConfirm
              trigger={{ label: 'Archive…', variant: 'danger', reason: reasons.archive }}
              title={`Archive ${project.name}`}
              act="Archive project"
              name={project.name}
              action={archiveProjectAction}
              hidden={hidden}
              words={{ act: 'Archive', name: project.name }}
            >
              <Stack gap={4}>
                <p>Its settings, certificates and keys are kept, and nothing of them can be used or changed.</p>
                <Reason />
              </Stack>
            </SteppedConfirm>
          )}
        </Row>
      </Stack>
    </Panel>
  );
}

function Reason() {
  return (
    <Field name="reason" label="Reason" hint="Kept in the audit log.">
      <Textarea rows={2} maxLength={500} />
    </Field>
  );
}
