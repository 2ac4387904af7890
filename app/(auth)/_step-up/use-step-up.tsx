'use client';

import { type ReactNode, useState } from 'react';
import type { Ask, FormAction } from '@/app/_ui/form-state';
import { Confirmation } from './confirmation';
import { stepped } from './stepped';

export interface StepUpWords {
  /** What is done and to what, as the dialog is headed: "Reveal the certificate", "Consult". */
  readonly act: string;
  readonly name: string;
}

interface Asked {
  readonly ask: Ask;
  readonly changed: boolean;
  readonly settle: (confirmed: boolean) => void;
}

/**
 * Puts a confirmation in front of a server action. `wrap(action)` runs it; when the server answers that it wants the act confirmed, and in
 * which terms, the dialog shows them, and the same form is sent again. Should the terms be others by then, it asks again. Given up, the form
 * stays as it was. Place `dialog` anywhere on the page.
 */
export function useStepUp({ act, name }: StepUpWords): { wrap: (run: FormAction) => FormAction; dialog: ReactNode } {
  const [asked, setAsked] = useState<Asked | null>(null);

  const confirm = (ask: Ask, changed: boolean) =>
    new Promise<boolean>((resolve) => setAsked({ ask, changed, settle: resolve }));

  const wrap = (run: FormAction) => stepped(run, confirm);

  const dialog = asked ? (
    <Confirmation
      act={act}
      name={name}
      ask={asked.ask}
      changed={asked.changed}
      onSettled={(given) => {
        setAsked(null);
        asked.settle(given);
      }}
    />
  ) : null;
  return { wrap, dialog };
}
