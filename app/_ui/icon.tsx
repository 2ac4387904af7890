/**
 * The 16 px stroke icons: 1.4 px line, round caps, no fill, in the colour of the text.
 * An icon never stands alone without an accessible name: give `label`, or put it beside words.
 */
import type { ReactNode } from 'react';
import styles from './icon.module.css';

const SHAPES = {
  overview: (
    <>
      <path d="M2.5 5.5v-2a1 1 0 0 1 1-1h2M10.5 2.5h2a1 1 0 0 1 1 1v2M13.5 10.5v2a1 1 0 0 1-1 1h-2M5.5 13.5h-2a1 1 0 0 1-1-1v-2" />
      <path d="M6 8h4" />
    </>
  ),
  cert: (
    <>
      <rect x="2.5" y="3" width="11" height="8" rx="1" />
      <path d="M5 6h6M5 8.5h3" />
      <path d="M9.5 11v2.6l1.5-1 1.5 1V11" />
    </>
  ),
  token: (
    <>
      <circle cx="5.2" cy="8" r="2.7" />
      <path d="M7.9 8h5.6v2.2M11 8v1.8" />
    </>
  ),
  fence: (
    <>
      <path d="M1.8 6h12.4M1.8 10.5h12.4" />
      <path d="M4 13.5V4.2L5 3l1 1.2v9.3M10 13.5V4.2L11 3l1 1.2v9.3" />
    </>
  ),
  lock: (
    <>
      <rect x="3" y="7" width="10" height="6.5" rx="1" />
      <path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2" />
    </>
  ),
  data: (
    <>
      <path d="M2.5 4h11M2.5 8h11M2.5 12h7" />
      <circle cx="12.6" cy="12" r=".9" />
    </>
  ),
  users: (
    <>
      <circle cx="6" cy="5.6" r="2.4" />
      <path d="M1.8 13c.3-2.4 2-3.8 4.2-3.8s3.9 1.4 4.2 3.8M10.6 3.4a2.3 2.3 0 0 1 0 4.4M12 9.8c1.3.5 2.1 1.6 2.3 3.2" />
    </>
  ),
  key: (
    <>
      <path d="M9.8 2.7a3.5 3.5 0 1 1-2.2 5.9L2.7 13.4v-2.1l1.6-.2.2-1.6 2.3-2.3a3.5 3.5 0 0 1 3-4.5Z" />
      <path d="M10.7 5.3h.01" />
    </>
  ),
  log: (
    <>
      <path d="M5.5 3.5h8M5.5 8h8M5.5 12.5h8M2.3 3.5h.4M2.3 8h.4M2.3 12.5h.4" />
    </>
  ),
  globe: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="M2.3 8h11.4M8 2.3c2 1.7 2.6 3.6 2.6 5.7S10 12 8 13.7C6 12 5.4 10.1 5.4 8S6 4 8 2.3Z" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.3" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  right: (
    <>
      <path d="m6 3.5 4.5 4.5L6 12.5" />
    </>
  ),
  down: (
    <>
      <path d="m3.5 6 4.5 4.5L12.5 6" />
    </>
  ),
  updown: (
    <>
      <path d="m5 6 3-3 3 3M5 10l3 3 3-3" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1" />
      <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </>
  ),
  more: (
    <>
      <path d="M3.4 8h.01M8 8h.01M12.6 8h.01" strokeWidth="2.2" />
    </>
  ),
  plus: (
    <>
      <path d="M8 3v10M3 8h10" />
    </>
  ),
  x: (
    <>
      <path d="m4 4 8 8M12 4l-8 8" />
    </>
  ),
  check: (
    <>
      <path d="m3 8.5 3.2 3.2L13 4.8" />
    </>
  ),
  alert: (
    <>
      <path d="M8 2.5 14 13H2L8 2.5Z" />
      <path d="M8 6.5v3M8 11.2h.01" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="M8 4.7V8l2.2 1.5" />
    </>
  ),
  play: (
    <>
      <path d="M5 3.2v9.6L12.8 8 5 3.2Z" />
    </>
  ),
  pause: (
    <>
      <path d="M5.5 3.5v9M10.5 3.5v9" strokeWidth="2" />
    </>
  ),
  term: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1" />
      <path d="m4.5 6 2 2-2 2M8.5 10h3" />
    </>
  ),
  passkey: (
    <>
      <circle cx="6.2" cy="5" r="2.5" />
      <path d="M1.8 13c.2-2.6 2-4.2 4.4-4.2.7 0 1.3.1 1.9.4" />
      <circle cx="11.6" cy="8.2" r="1.9" />
      <path d="M11.6 10.1v3.6l1.3-1-1-.9 1-.9" />
    </>
  ),
  ext: (
    <>
      <path d="M9 2.5h4.5V7M13.2 2.8 7.5 8.5M11.5 9.5v3a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1h3" />
    </>
  ),
  download: (
    <>
      <path d="M8 2.5v7.7M4.8 7.2 8 10.4l3.2-3.2M2.5 13.3h11" />
    </>
  ),
  filter: (
    <>
      <path d="M2.5 4.5h11M4.5 8h7M6.5 11.5h3" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1" />
    </>
  ),
  bell: (
    <>
      <path d="M4 11V7.2a4 4 0 0 1 8 0V11l1.2 1.2H2.8L4 11ZM6.7 14h2.6" />
    </>
  ),
  arrow: (
    <>
      <path d="M2.8 8h10.4M9 3.8 13.2 8 9 12.2" />
    </>
  ),
  refresh: (
    <>
      <path d="M13.3 8A5.3 5.3 0 1 1 11.6 4.1M13.3 2v3.2h-3.2" />
    </>
  ),
  eye: (
    <>
      <path d="M1.6 8S4 3.8 8 3.8 14.4 8 14.4 8 12 12.2 8 12.2 1.6 8 1.6 8Z" />
      <circle cx="8" cy="8" r="1.8" />
    </>
  ),
  server: (
    <>
      <rect x="2.3" y="2.8" width="11.4" height="4.4" rx="1" />
      <rect x="2.3" y="8.8" width="11.4" height="4.4" rx="1" />
      <path d="M4.8 5h.01M4.8 11h.01" strokeWidth="2" />
    </>
  ),
  menu: (
    <>
      <path d="M2.5 5h11M2.5 11h11" />
    </>
  ),
  inbox: (
    <>
      <path d="M2.5 9.2 4.2 3h7.6l1.7 6.2v3.3a.5.5 0 0 1-.5.5H3a.5.5 0 0 1-.5-.5V9.2Z" />
      <path d="M2.6 9.2h3.2c.2 1.2 1 1.9 2.2 1.9s2-.7 2.2-1.9h3.2" />
    </>
  ),
  pack: (
    <>
      <path d="M2.5 5 8 2.3 13.5 5v6L8 13.7 2.5 11V5Z" />
      <path d="M2.7 5.1 8 7.7l5.3-2.6M8 7.7v5.8" />
    </>
  ),
  scroll: (
    <>
      <path d="M4.5 2.5h8v9a2 2 0 0 1-2 2h-6" />
      <path d="M4.5 2.5v9a1.5 1.5 0 0 1-3 0V10h7v1.5a2 2 0 0 0 2 2M7 5.5h3M7 8h3" />
    </>
  ),
  bolt: (
    <>
      <path d="M9 1.8 3.5 9H8l-1 5.2L12.5 7H8l1-5.2Z" />
    </>
  ),
  gear: (
    <>
      <circle cx="8" cy="8" r="2" />
      <path d="M8 1.9v2M8 12.1v2M1.9 8h2M12.1 8h2M3.7 3.7l1.4 1.4M10.9 10.9l1.4 1.4M12.3 3.7l-1.4 1.4M5.1 10.9l-1.4 1.4" />
    </>
  ),
  pen: (
    <>
      <path d="M10.8 2.8 13.2 5.2 5.4 13H3v-2.4l7.8-7.8Z" />
    </>
  ),
  skip: (
    <>
      <path d="M3.5 3.5v9L10 8 3.5 3.5ZM12.5 3.5v9" />
    </>
  ),
  matrix: (
    <>
      <rect x="2.5" y="2.5" width="11" height="11" rx="1" />
      <path d="M2.5 6.2h11M2.5 9.8h11M6.2 2.5v11M9.8 2.5v11" />
    </>
  ),
  mic: (
    <>
      <rect x="6" y="1.8" width="4" height="7.4" rx="2" />
      <path d="M3.6 7.6a4.4 4.4 0 0 0 8.8 0M8 12v2.2" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

export interface IconProps {
  name: IconName;
  /** Accessible name; without it the icon is decoration and hidden from assistive technology. */
  label?: string;
  size?: 14 | 16 | 20;
}

export function Icon({ name, label, size = 16 }: IconProps) {
  return (
    <svg
      className={styles.icon}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {SHAPES[name]}
    </svg>
  );
}
