/**
 * The frame of an area: rail, bar, page. The rail's right edge walks round the active entry, so entry and page
 * are one surface; the enforcement beat at its foot is always in sight. One family, three rails.
 */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './frame.module.css';
import { Crumbs } from './frame-crumbs';
import { RailNav } from './frame-nav';
import { Picker, type PickerProps } from './frame-picker';
import { RouteFocus } from './frame-route';
import { RailSheet } from './frame-sheet';
import { Glyph, type GlyphState } from './glyph';
import { Mark } from './mark';
import { Menu, type MenuItem } from './menu';
import type { NavGroup } from './nav';
import type { CrumbItem } from './page-store';
import { Palette, PaletteButton } from './palette';
import { Shortcuts } from './shortcuts';
import { ThemeToggle } from './theme-toggle';

export type Area = 'customer' | 'staff' | 'auditor';

export interface Beat {
  state: GlyphState;
  /** "Enforced on 9 of 11 edges" */
  line: string;
  /** "policy 2.4182, applying" */
  sub?: ReactNode;
  href?: string;
}

export interface FrameUser {
  initials: string;
  name: string;
  /** Address, role. */
  detail?: string;
  items: readonly MenuItem[];
}

export interface FrameProps {
  area: Area;
  nav: readonly NavGroup[];
  /** What stands before the rail entry in the breadcrumb: organisation, project. */
  trail?: readonly CrumbItem[];
  picker?: PickerProps;
  beat?: Beat;
  user?: FrameUser;
  /** The tape; 40 px high, over everything. */
  banner?: ReactNode;
  /** Path shown as active; the URL's own by default. */
  current?: string;
  children: ReactNode;
}

const NAMES: Readonly<Record<Area, string>> = { customer: 'Project', staff: 'Staff', auditor: 'Auditor' };

export function Frame({ area, nav, trail = [], picker, beat, user, banner, current, children }: FrameProps) {
  const rail = (
    <>
      {picker ? <Picker {...picker} /> : null}
      <RailNav groups={nav} label={NAMES[area]} current={current} />
      {beat ? <RailBeat {...beat} /> : null}
    </>
  );
  return (
    <div className={clsx(styles.window, banner && styles.taped)} data-area={area}>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      {banner}
      <div className={styles.frame}>
        <aside className={clsx(styles.rail, styles[area], 'no-print')} aria-label="Cordon">
          <Brand area={area} />
          {rail}
        </aside>
        <div className={styles.main}>
          <header className={clsx(styles.top, 'no-print')}>
            <RailSheet area={area}>
              <Brand area={area} />
              {rail}
            </RailSheet>
            <Brand area={area} />
            <span className={styles.right}>
              <PaletteButton bare />
              {user ? <UserMenu {...user} /> : null}
            </span>
          </header>
          <section className={clsx(styles.bar, 'no-print')} aria-label="Where you are">
            <Crumbs trail={trail} groups={nav} current={current} />
            <div className={styles.tools}>
              <PaletteButton />
              <ThemeToggle />
              {user ? <UserMenu {...user} /> : null}
            </div>
          </section>
          <main id="content" className={styles.page}>
            {children}
          </main>
        </div>
      </div>
      <Palette groups={nav} trail={trail} />
      <Shortcuts groups={nav} />
      <RouteFocus />
    </div>
  );
}

function Brand({ area }: { area: Area }) {
  return (
    <div className={styles.brand}>
      <Mark />
      <span className={styles.word}>Cordon</span>
      {area === 'customer' ? null : <span className={styles.area}>{NAMES[area]}</span>}
    </div>
  );
}

function RailBeat({ state, line, sub, href }: Beat) {
  const body = (
    <>
      <Glyph state={state} tinted={false} />
      <span>
        <span className={styles.beatLine}>{line}</span>
        {sub ? <span className={styles.beatSub}>{sub}</span> : null}
      </span>
    </>
  );
  const tone = styles[`beat-${state}`];
  return (
    <div className={styles.foot} role="status">
      {href ? (
        <a className={clsx(styles.beat, tone)} href={href}>
          {body}
        </a>
      ) : (
        <div className={clsx(styles.beat, tone)}>{body}</div>
      )}
    </div>
  );
}

function UserMenu({ initials, name, detail, items }: FrameUser) {
  const about: MenuItem[] = [{ heading: detail ? `${name}, ${detail}` : name }, 'line', ...items];
  return (
    <Menu
      align="end"
      items={about}
      trigger={
        <button type="button" className={styles.me} aria-label={`You: ${name}`}>
          {initials}
        </button>
      }
    />
  );
}
