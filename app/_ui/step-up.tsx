'use client';
/**
 * A dangerous act is confirmed at the moment it is done. The terms are the server's, made from what it is about to do, and the
 * confirmation holds for them alone; what may confirm them the server says too. This is the shell: it shows, and passes on.
 */
import { type ReactNode, useId } from 'react';
import { Button } from './button';
import { Terms } from './command';
import { Dialog } from './dialog';
import { Enclosure } from './enclosure';
import type { Ask, FormState } from './form-state';
import { Or } from './gate';
import { Note } from './note';
import { OneTimeCode } from './one-time-code';
import styles from './step-up.module.css';

/** What the person can confirm with. */
export interface StepUpWays {
  readonly passkey: boolean;
  readonly code: boolean;
}

/** Who is to move: the person, their device, or the server. */
export type StepUpPhase = 'choosing' | 'device' | 'checking';

export interface StepUpDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** "Apply the fence" */
  act: string;
  /** "Consult" */
  object: string;
  ask: Ask;
  /** Other terms were confirmed just before, and meanwhile the act has become this one. */
  changed?: boolean;
  /** Null: nothing will do, or the server could not say; `answer` says which. */
  ways: StepUpWays | null;
  phase: StepUpPhase;
  /** What came of the last attempt. */
  answer: FormState;
  /** Changes with every refused code: the cells are emptied. */
  round: number;
  onPasskey: () => void;
  onCode: (code: string) => void;
  /** Asks the server again what may confirm it. */
  onAgain: () => void;
}

export function StepUpDialog({ open, onOpenChange, act, object, ask, ...rest }: StepUpDialogProps) {
  const words = useId();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`${act}: ${object}`}
      lede={`Read it, then confirm it. ${rest.ways?.passkey ? 'Your passkey signs these words and no others.' : ''}`}
      describedBy={words}
    >
      <div className={styles.body}>
        {rest.changed ? (
          <Note tone="notice" title="This is no longer what you confirmed." live>
            Something changed meanwhile. Read it once more.
          </Note>
        ) : null}
        <div id={words}>
          <Enclosure label="What you confirm">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
            <section className={styles.scroll} tabIndex={0} aria-label="Terms">
              <Terms items={ask.terms} reading />
            </section>
            <p className={styles.mark}>
              {ask.action}
              {ask.verdict && ask.role ? `: ${ask.verdict} as ${ask.role}` : ask.version ? `@${ask.version}` : ''}
            </p>
          </Enclosure>
        </div>
        <Confirmation {...rest} onCancel={() => onOpenChange(false)} />
      </div>
    </Dialog>
  );
}

type ConfirmationProps = Omit<StepUpDialogProps, 'open' | 'onOpenChange' | 'act' | 'object' | 'ask' | 'changed'> & {
  onCancel: () => void;
};

function Confirmation({ ways, phase, answer, round, onPasskey, onCode, onAgain, onCancel }: ConfirmationProps) {
  const busy = phase !== 'choosing';
  const codeOnly = ways?.passkey === false;
  const waiting = { 'data-focus': '', 'aria-disabled': busy || undefined, 'aria-busy': busy || undefined };
  const cancel = (
    <Button variant="ghost" onClick={onCancel}>
      Cancel
    </Button>
  );
  const words = busy ? HINTS[phase] : codeOnly ? HINTS.code : null;
  // Always there, so that what appears in it is announced.
  const status = (
    <p className={words ? styles.hint : 'sr'} role="status">
      {words}
    </p>
  );
  const code = <OneTimeCode onComplete={onCode} resetKey={round} disabled={busy} />;
  return (
    <>
      {answer.message ? (
        <Note tone="danger" live>
          {answer.message} {answer.code ? HELP[answer.code] : null}
        </Note>
      ) : null}
      {codeOnly ? (
        <>
          {code}
          <div className={styles.acts}>
            {status}
            {cancel}
          </div>
        </>
      ) : (
        <>
          <div className={styles.acts}>
            {ways ? (
              <Button {...waiting} variant="primary" icon="passkey" onClick={() => busy || onPasskey()}>
                {phase === 'device' ? 'Waiting for your device' : 'Confirm with passkey'}
              </Button>
            ) : (
              <Button {...waiting} onClick={() => busy || onAgain()}>
                Try again
              </Button>
            )}
            {cancel}
          </div>
          {status}
        </>
      )}
      {ways?.passkey && ways.code ? (
        <>
          {busy ? null : (
            <div className={styles.or}>
              <Or>or a code from your authenticator</Or>
            </div>
          )}
          {code}
        </>
      ) : null}
    </>
  );
}

const HINTS = {
  device: 'Your device asks you for your fingerprint, face, PIN or security key.',
  checking: 'Checking',
  code: 'From your authenticator. It sends itself at six digits; each code works once.',
} as const;

/** What to do about refusals that trying again alone does not help. */
const HELP: Readonly<Record<string, ReactNode>> = {
  'identity.factor.none': (
    <>
      <a className="link" href="/account" target="_blank" rel="noreferrer">
        Set one up in your account
      </a>
      , then come back to this page and try again.
    </>
  ),
  'identity.passkey.device_bound': 'The one you used can be copied to other devices, as synced passkeys are.',
};
