'use client';
import { Button } from '@/app/_ui/button';
import { ActionForm } from '@/app/_ui/form';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import type { Region } from '@/lib/kernel/region';
import { applyFenceAction } from './actions';

export interface ApplyFenceProps {
  organisationId: string;
  projectId: string;
  name: string;
  regions: readonly Region[];
  edges: number;
  /** Why it cannot be applied. */
  reason?: string;
}

export function ApplyFence({ organisationId, projectId, name, regions, edges, reason }: ApplyFenceProps) {
  const act = `Apply to ${edges} ${edges === 1 ? 'edge' : 'edges'}`;
  const { wrap, dialog } = useStepUp({ act: 'Apply the fence', name });
  if (reason) {
    return (
      <Button variant="primary" reason={reason}>
        {act}
      </Button>
    );
  }
  return (
    <>
      <ActionForm
        action={wrap(applyFenceAction)}
        hidden={{ organisationId, projectId, regions: regions.join(',') }}
        label="Apply the fence"
      >
        <SubmitButton busy="Applying">{act}</SubmitButton>
      </ActionForm>
      {dialog}
    </>
  );
}
