'use client';

import { useEffect, useRef, useState } from 'react';
import type { Ask, FormState } from '@/app/_ui/form-state';
import { StepUpDialog, type StepUpPhase, type StepUpWays } from '@/app/_ui/step-up';
import { type Challenge, giveUp, sayTrouble, sign } from '../_parts/passkey';
import { beginStepUpAction, confirmPasskeyStepUpAction, confirmStepUpAction } from './actions';

/** A statement is good for five minutes; one this old is not begun with. Milliseconds. */
const FRESH = 240_000;

/** A passkey came to the account since the dialog opened; the act asks for it from then on. */
const CODE_WILL_NOT_DO: readonly string[] = ['identity.code.not_enough', 'step_up.passkey_required'];

const UNREACHABLE: FormState = {
  message: 'The server did not answer. Nothing was changed.',
  code: 'network.unreachable',
};

export interface ConfirmationProps {
  act: string;
  name: string;
  ask: Ask;
  changed: boolean;
  onSettled: (given: boolean) => void;
}

/** One act being confirmed, from asking what may confirm it to the answer. It opens once that is known, so that nothing moves under the hand. */
export function Confirmation({ act, name, ask, changed, onSettled }: ConfirmationProps) {
  const [ways, setWays] = useState<StepUpWays | null>(null);
  const [open, setOpen] = useState(false);
  const [phase, setPhase] = useState<StepUpPhase>('choosing');
  const [answer, setAnswer] = useState<FormState>({});
  const [round, setRound] = useState(0);
  /** The statement for the next attempt, and when it was made. */
  const held = useRef<{ challenge: Challenge; at: number } | null>(null);
  const gone = useRef(false);

  async function begin(): Promise<Challenge | null> {
    const begun = await beginStepUpAction(ask).catch(() => UNREACHABLE);
    if (!('passkey' in begun)) {
      refused(begun);
      return null;
    }
    const { passkey, code } = begun;
    held.current = passkey && { challenge: passkey, at: Date.now() };
    setWays({ passkey: passkey !== null, code });
    return passkey;
  }

  function refused(state: FormState) {
    setAnswer(state);
    setPhase('choosing');
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: once; another ask is another Confirmation
  useEffect(() => {
    gone.current = false;
    void begin().then(() => setOpen(true));
    return () => {
      gone.current = true;
    };
  }, []);

  async function again() {
    setPhase('checking');
    setAnswer({});
    await begin();
    setPhase('choosing');
  }

  async function withPasskey() {
    setPhase('device');
    setAnswer({});
    const fresh = held.current && Date.now() - held.current.at < FRESH ? held.current.challenge : await begin();
    if (!fresh || gone.current) return;
    const signed = await sign(fresh).catch((error): FormState => sayTrouble(error));
    if (gone.current) return;
    if (!('response' in signed)) return refused(signed);
    setPhase('checking');
    const state = await confirmPasskeyStepUpAction({ ask, signed }).catch(() => UNREACHABLE);
    if (gone.current) return;
    if (state.ok) return onSettled(true);
    refused(state);
    // The keyring takes a statement once.
    held.current = null;
  }

  async function withCode(code: string) {
    setPhase('checking');
    setAnswer({});
    const state = await confirmStepUpAction({ ...ask, code }).catch(() => UNREACHABLE);
    if (gone.current) return;
    if (state.ok) return onSettled(true);
    setRound((n) => n + 1);
    refused(state);
    if (state.code && CODE_WILL_NOT_DO.includes(state.code)) await begin();
  }

  function close() {
    if (phase === 'device') void giveUp();
    onSettled(false);
  }

  return (
    <StepUpDialog
      open={open}
      onOpenChange={(wanted) => (wanted ? undefined : close())}
      act={act}
      object={name}
      ask={ask}
      changed={changed}
      ways={ways}
      phase={phase}
      answer={answer}
      round={round}
      onPasskey={withPasskey}
      onCode={withCode}
      onAgain={again}
    />
  );
}
