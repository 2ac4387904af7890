'use client';

import { type ReactNode, useRef, useState } from 'react';
import type { FormAction, FormState } from '@/app/_ui/form-state';
import { StepUpDialog } from '@/app/_ui/step-up';
import { confirmStepUpAction } from './actions';

export interface StepUpAsk {
  /** The guarded action the server will ask for, for example `certificate.reveal`. */
  readonly action: string;
  /** Id of what it acts upon, as the server names it. */
  readonly object: string;
  /** Words for the dialog: "Reveal the certificate", "Consult · primary". */
  readonly act: string;
  readonly name: string;
}

/** Before an act, and when it was used up meanwhile. */
const ASKS: readonly (string | undefined)[] = ['authz.step_up_required', 'step_up.required'];

/**
 * Puts the second factor in front of a server action. `wrap(action)` runs it; when the server answers
 * that it wants a step-up, the dialog asks for a code and the same form is sent again. Place `dialog` anywhere on the page.
 */
export function useStepUp(ask: StepUpAsk): { wrap: (run: FormAction) => FormAction; dialog: ReactNode } {
  const [open, setOpen] = useState(false);
  const settle = useRef<(confirmed: boolean) => void>(() => {});

  const confirmed = () =>
    new Promise<boolean>((resolve) => {
      settle.current = resolve;
      setOpen(true);
    });

  const wrap =
    (run: FormAction): FormAction =>
    async (previous, data) => {
      const answer = await run(previous, data);
      if (!ASKS.includes(answer?.code)) return answer;
      return (await confirmed()) ? run(previous, data) : answer;
    };

  const dialog = (
    <StepUpDialog
      open={open}
      onOpenChange={(wanted) => {
        setOpen(wanted);
        if (!wanted) settle.current(false);
      }}
      act={ask.act}
      object={ask.name}
      onSubmit={async (code) => {
        const state: FormState = await confirmStepUpAction({ action: ask.action, object: ask.object, code });
        // Before the dialog closes itself, which counts as giving up.
        if (state.ok) settle.current(true);
        return state;
      }}
    />
  );
  return { wrap, dialog };
}
