'use client';
/** Where you are: project, organisation or engagement, and the way to another one. */
import styles from './frame-picker.module.css';
import { Icon, type IconName } from './icon';
import { Menu, type MenuItem } from './menu';

export interface PickerProps {
  name: string;
  sub?: string;
  icon?: IconName;
  items: readonly MenuItem[];
}

export function Picker({ name, sub, icon = 'overview', items }: PickerProps) {
  return (
    <Menu
      items={items}
      trigger={
        <button
          type="button"
          className={styles.picker}
          aria-label={`Where you are: ${sub ? `${name}, ${sub}` : name}. Change`}
        >
          <Icon name={icon} />
          <span className={styles.words}>
            <span className={styles.name} dir="auto">
              {name}
            </span>
            {sub ? (
              <span className={styles.sub} dir="auto">
                {sub}
              </span>
            ) : null}
          </span>
          <Icon name="updown" />
        </button>
      }
    />
  );
}
