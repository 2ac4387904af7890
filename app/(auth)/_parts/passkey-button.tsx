'use client';
import type { ReactNode } from 'react';
import { Button, type ButtonLook } from '@/app/_ui/button';
import type { PasskeyAnswer } from './use-passkey';

export interface PasskeyButtonProps {
  answer: Pick<PasskeyAnswer, 'ask' | 'pending'>;
  variant?: ButtonLook['variant'];
  autoFocus?: boolean;
  children: ReactNode;
}

/** Asks for a passkey. While the browser or the device waits for the person, it says so. */
export function PasskeyButton({ answer, variant = 'primary', autoFocus, children }: PasskeyButtonProps) {
  return (
    <Button
      variant={variant}
      size="lg"
      wide
      icon="passkey"
      autoFocus={autoFocus}
      aria-disabled={answer.pending || undefined}
      aria-busy={answer.pending || undefined}
      onClick={answer.ask}
    >
      {answer.pending ? 'Follow your browser or device' : children}
    </Button>
  );
}
