'use client';
import { GroupError } from '@/app/_ui/field';
import { Checkbox } from '@/app/_ui/input';
import { API_SCOPES } from '@/lib/api-keys/schemas';
import styles from './scope-boxes.module.css';

/** What a key may do, one box per scope, in words. */
export function ScopeBoxes() {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Scopes</legend>
      {Object.entries(API_SCOPES).map(([scope, words]) => (
        <Checkbox
          key={scope}
          name={`scope.${scope}`}
          label={scope}
          hint={words}
          defaultChecked={scope === 'token:mint'}
        />
      ))}
      <GroupError name="scopes" />
    </fieldset>
  );
}
