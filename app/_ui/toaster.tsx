'use client';
/** Short confirmations, announced politely. Nothing important stands only here. */
import { Toaster as Sonner, toast as show } from 'sonner';
import styles from './toaster.module.css';

export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      offset={16}
      icons={{ success: null, error: null, info: null, warning: null }}
      toastOptions={{
        unstyled: true,
        classNames: { toast: styles.toast, description: styles.text, actionButton: styles.act },
      }}
    />
  );
}

export function toast(message: string, options?: { description?: string; act?: { label: string; run: () => void } }) {
  show(message, {
    description: options?.description,
    action: options?.act ? { label: options.act.label, onClick: options.act.run } : undefined,
  });
}
