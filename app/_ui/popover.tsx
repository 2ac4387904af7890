'use client';
/** A small floating layer with a heading: details that do not deserve a page. */
import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button';
import type { Trigger } from './dialog';
import styles from './popover.module.css';

export interface PopoverProps {
  trigger: Trigger;
  title: string;
  children: ReactNode;
  align?: 'start' | 'end';
}

export function Popover({ trigger: { label, reason, ...look }, title, children, align = 'start' }: PopoverProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>
        <Button {...look} reason={reason}>
          {label}
        </Button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.popover} align={align} sideOffset={6} collisionPadding={8} aria-label={title}>
          <p className={styles.title}>{title}</p>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
