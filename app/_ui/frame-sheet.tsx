'use client';
/** Below 768 px the rail is a sheet behind the menu button; it closes when a link in it was followed. */
import { usePathname } from 'next/navigation';
import { Dialog } from 'radix-ui';
import { type ReactNode, useEffect, useState } from 'react';
import type { Area } from './frame';
import styles from './frame-sheet.module.css';
import { Icon } from './icon';

export function RailSheet({ area, children }: { area: Area; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const path = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is the signal to close
  useEffect(() => setOpen(false), [path]);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className={styles.button} aria-label="Menu">
        <Icon name="menu" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content className={styles.sheet} data-area={area} aria-describedby={undefined}>
          <Dialog.Title className="sr">Menu</Dialog.Title>
          {children}
          <Dialog.Close className={styles.close} aria-label="Close menu">
            <Icon name="x" />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
