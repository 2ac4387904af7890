'use client';
/**
 * A menu of acts and links. Items are data, so server pages can build them; `action` takes a server action.
 * A forbidden item stays, disabled, with its reason under it.
 */
import clsx from 'clsx';
import { useRouter } from 'next/navigation';
import { DropdownMenu } from 'radix-ui';
import { type ReactNode, useTransition } from 'react';
import { ButtonBody, type ButtonLook, buttonClass } from './button';
import type { FormState } from './form-state';
import { Icon, type IconName } from './icon';
import styles from './menu.module.css';
import { Kbd } from './text';
import { toast } from './toaster';

export interface MenuAct {
  label: string;
  icon?: IconName;
  href?: string;
  /** Server action, or any async function from client code; its message is shown as a toast. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a server action may answer nothing
  action?: () => Promise<FormState | void>;
  /** Puts the value on the clipboard. */
  copy?: string;
  onSelect?: () => void;
  danger?: boolean;
  /** Why it is not possible. */
  reason?: string;
  kbd?: string;
  note?: string;
  current?: boolean;
}
export type MenuItem = MenuAct | 'line' | { heading: string };

export interface MenuTrigger extends ButtonLook {
  label: string;
  /** Shows only the icon; the label becomes the accessible name. */
  bare?: boolean;
}

export interface MenuProps {
  trigger: MenuTrigger | ReactNode;
  items: readonly MenuItem[];
  align?: 'start' | 'end';
  side?: 'top' | 'bottom';
}

const isData = (trigger: MenuProps['trigger']): trigger is MenuTrigger =>
  typeof trigger === 'object' && trigger !== null && 'label' in trigger;

export function Menu({ trigger, items, align = 'start', side = 'bottom' }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{isData(trigger) ? <TriggerButton {...trigger} /> : trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align={align} side={side} sideOffset={4} collisionPadding={8}>
          <MenuItems items={items} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function TriggerButton({ label, bare, icon, kbd, ...rest }: MenuTrigger) {
  // What is left of `rest` besides the look comes from the menu itself: ref, aria and handlers.
  const { variant, size, wide, ...handlers } = rest;
  return (
    <button
      type="button"
      {...handlers}
      aria-label={bare ? label : undefined}
      className={bare ? styles.bare : buttonClass({ variant, size, wide })}
    >
      <ButtonBody icon={icon} kbd={kbd}>
        {bare ? null : label}
      </ButtonBody>
    </button>
  );
}

export function MenuItems({ items }: { items: readonly MenuItem[] }) {
  return items.map((item, i) => {
    if (item === 'line') return <DropdownMenu.Separator key={`line${String(i)}`} className={styles.line} />;
    if ('heading' in item) {
      return (
        <DropdownMenu.Label key={item.heading} className={styles.heading}>
          {item.heading}
        </DropdownMenu.Label>
      );
    }
    return <Item key={item.label + (item.href ?? '')} item={item} />;
  });
}

function Item({ item }: { item: MenuAct }) {
  const router = useRouter();
  const [, start] = useTransition();
  function select() {
    if (item.copy !== undefined) {
      navigator.clipboard.writeText(item.copy).then(
        () => toast('Copied'),
        () => toast('The browser did not allow copying'),
      );
    }
    item.onSelect?.();
    const { action } = item;
    if (action) {
      start(async () => {
        const state = await action();
        if (state?.message) toast(state.message);
      });
    }
    if (item.href) router.push(item.href);
  }
  return (
    <DropdownMenu.Item
      className={clsx(styles.item, item.danger && styles.danger, item.current && styles.current)}
      disabled={Boolean(item.reason)}
      onSelect={select}
      textValue={item.label}
    >
      {item.icon ? <Icon name={item.icon} /> : null}
      <span className={styles.words}>
        <span className={styles.label}>{item.label}</span>
        {item.reason || item.note ? <span className={styles.note}>{item.reason ?? item.note}</span> : null}
      </span>
      {item.current ? <Icon name="check" label="current" /> : null}
      {item.kbd ? <Kbd>{item.kbd}</Kbd> : null}
    </DropdownMenu.Item>
  );
}
