/**
 * Buttons say the act and its size ("Apply to 11 edges"). One primary per view. An act that a rule forbids
 * is disabled and its `reason` stands beside it; a tooltip would not do.
 */
import clsx from 'clsx';
import Link from 'next/link';
import { type ButtonHTMLAttributes, type ReactNode, type Ref, useId } from 'react';
import styles from './button.module.css';
import { Icon, type IconName } from './icon';
import { Kbd } from './text';

export interface ButtonLook {
  variant?: 'primary' | 'default' | 'danger' | 'danger-solid' | 'ghost';
  size?: 'sm' | 'lg';
  icon?: IconName;
  /** The key that does the same, shown in the button. */
  kbd?: string;
  wide?: boolean;
}

export function buttonClass({ variant = 'default', size, wide }: ButtonLook): string {
  return clsx(styles.button, styles[variant], size && styles[size], wide && styles.wide);
}

export function ButtonBody({ icon, kbd, children }: Pick<ButtonLook, 'icon' | 'kbd'> & { children?: ReactNode }) {
  return (
    <>
      {icon ? <Icon name={icon} /> : null}
      {children}
      {kbd ? (
        <span className={styles.key}>
          <Kbd>{kbd}</Kbd>
        </span>
      ) : null}
    </>
  );
}

export type ButtonProps = ButtonLook &
  Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'style'> & {
    /** Why the act is not possible: disables the button. */
    reason?: ReactNode;
    ref?: Ref<HTMLButtonElement>;
  };

export function Button({
  variant,
  size,
  icon,
  kbd,
  wide,
  reason,
  type = 'button',
  disabled,
  children,
  ...rest
}: ButtonProps) {
  const id = useId();
  const off = disabled || Boolean(reason);
  const button = (
    <button
      {...rest}
      type={type}
      disabled={off}
      aria-describedby={reason ? id : rest['aria-describedby']}
      aria-keyshortcuts={kbd?.length === 1 ? kbd : undefined}
      className={buttonClass({ variant, size, wide })}
    >
      <ButtonBody icon={icon} kbd={kbd}>
        {children}
      </ButtonBody>
    </button>
  );
  if (!reason) return button;
  return (
    <span className={styles.withReason}>
      {button}
      <span id={id} className={styles.reason}>
        {reason}
      </span>
    </span>
  );
}

export interface ButtonLinkProps extends ButtonLook {
  href: string;
  children: ReactNode;
  reason?: ReactNode;
  /** A file to save rather than a page to open. */
  download?: boolean;
  prefetch?: boolean;
}

export function ButtonLink({ href, children, reason, download, prefetch, ...look }: ButtonLinkProps) {
  if (reason) {
    return (
      <Button {...look} reason={reason}>
        {children}
      </Button>
    );
  }
  const body = (
    <ButtonBody icon={look.icon} kbd={look.kbd}>
      {children}
    </ButtonBody>
  );
  if (download) {
    return (
      <a href={href} download className={buttonClass(look)}>
        {body}
      </a>
    );
  }
  return (
    <Link href={href} prefetch={prefetch} className={buttonClass(look)}>
      {body}
    </Link>
  );
}
