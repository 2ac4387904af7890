'use client';
/**
 * Dialog and side panel: focus stays inside, Esc closes one layer, focus returns to where it came from.
 * A form inside closes it once its action is ok.
 */
import clsx from 'clsx';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { Button, type ButtonLook } from './button';
import { CloseLayer } from './close-layer';
import styles from './dialog.module.css';
import { Icon } from './icon';

/** A button as data, so a server page can describe the trigger of a client layer. */
export interface Trigger extends ButtonLook {
  label: string;
  /** Why the act is not possible: the trigger is disabled and says so. */
  reason?: string;
}

export interface DialogProps {
  title: ReactNode;
  lede?: ReactNode;
  children: ReactNode;
  trigger?: Trigger;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  wide?: boolean;
  /** Id of what is read out with the title when it opens; else the lede is. */
  describedBy?: string;
}

function Layer({
  title,
  lede,
  children,
  trigger,
  open: given,
  onOpenChange,
  describedBy,
  className,
}: DialogProps & { className?: string }) {
  const [own, setOwn] = useState(false);
  const open = given ?? own;
  const set = useCallback(
    (next: boolean) => {
      setOwn(next);
      onOpenChange?.(next);
    },
    [onOpenChange],
  );
  const close = useCallback(() => set(false), [set]);
  const before = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={set}>
      {trigger ? <TriggerButton {...trigger} /> : null}
      <Radix.Portal>
        <Radix.Overlay className={styles.scrim} />
        <Radix.Content
          className={className}
          onOpenAutoFocus={(event) => {
            before.current = document.activeElement;
            focusField(event);
          }}
          onCloseAutoFocus={(event) => {
            // Radix knows its own triggers only; a layer that something else opened goes back there.
            if (trigger || !(before.current instanceof HTMLElement) || !before.current.isConnected) return;
            event.preventDefault();
            before.current.focus();
          }}
          {...(lede && !describedBy ? {} : { 'aria-describedby': describedBy })}
        >
          <header className={styles.head}>
            <div className={styles.words}>
              <Radix.Title className={styles.title}>{title}</Radix.Title>
              {lede ? <Radix.Description className={styles.lede}>{lede}</Radix.Description> : null}
            </div>
            <Radix.Close className={styles.close} aria-label="Close">
              <Icon name="x" />
            </Radix.Close>
          </header>
          <div className={styles.body}>
            <CloseLayer value={close}>{children}</CloseLayer>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What asks for it takes the focus, else the first field; without one it stays with the first button, which Radix does by itself. */
function focusField(event: Event) {
  const layer = event.target as HTMLElement;
  const field =
    layer.querySelector<HTMLElement>('[data-focus]') ??
    layer.querySelector<HTMLElement>('input:not([type="hidden"]):not(:disabled), textarea, select');
  if (!field) return;
  event.preventDefault();
  field.focus();
}

function TriggerButton({ label, reason, ...look }: Trigger) {
  if (reason) {
    return (
      <Button {...look} reason={reason}>
        {label}
      </Button>
    );
  }
  return (
    <Radix.Trigger asChild>
      <Button {...look}>{label}</Button>
    </Radix.Trigger>
  );
}

export function Dialog(props: DialogProps) {
  return <Layer {...props} className={clsx(styles.dialog, props.wide && styles.wide)} />;
}

/** For create and edit: from the right, full height; the page stays in sight. */
export function SidePanel(props: DialogProps) {
  return <Layer {...props} className={clsx(styles.panel, props.wide && styles.widePanel)} />;
}
