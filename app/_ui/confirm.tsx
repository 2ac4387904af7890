'use client';
/**
 * An act that cannot be undone: says what is lost, asks to type the name, and only then offers the solid
 * button. The name is compared again by the server (field `confirm`); this is a guard against slips only.
 */
import { type ReactNode, useId, useState } from 'react';
import styles from './confirm.module.css';
import { Dialog, type Trigger } from './dialog';
import { ActionForm, FormActs } from './form';
import type { FormAction } from './form-state';
import { Input } from './input';
import { SubmitButton } from './submit';

export interface ConfirmDialogProps {
  trigger?: Trigger;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  title: string;
  /** What the button says: the act and its size, "Cut 41 sessions". */
  act: string;
  /** What has to be typed; without it the dialog only asks. */
  name?: string;
  action: FormAction;
  hidden?: Readonly<Record<string, string>>;
  /** What is lost or cut, counted. */
  children?: ReactNode;
  danger?: boolean;
}

export function ConfirmDialog({
  trigger,
  open,
  onOpenChange,
  title,
  act,
  name,
  action,
  hidden,
  children,
  danger = true,
}: ConfirmDialogProps) {
  const [typed, setTyped] = useState('');
  const id = useId();
  const matches = name === undefined || typed.trim() === name;
  return (
    <Dialog trigger={trigger} open={open} onOpenChange={onOpenChange} title={title}>
      <ActionForm action={action} hidden={hidden}>
        {children ? <div className={styles.what}>{children}</div> : null}
        {name === undefined ? null : (
          <div className={styles.type}>
            <label htmlFor={id}>
              Type <span className={styles.name}>{name}</span> to go on
            </label>
            <Input id={id} name="confirm" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </div>
        )}
        <FormActs>
          <SubmitButton variant={danger ? 'danger-solid' : 'primary'} disabled={!matches}>
            {act}
          </SubmitButton>
          {matches ? null : <span className="small quiet">The name does not match yet</span>}
        </FormActs>
      </ActionForm>
    </Dialog>
  );
}
