'use client';
import { useForm } from '@/app/_ui/form';
import { Glyph } from '@/app/_ui/glyph';
import { Checkbox } from '@/app/_ui/input';
import { API_SCOPES } from '@/lib/api-keys/schemas';
import styles from './scope-boxes.module.css';

/** What a key may do, one box per scope, in words. */
export function ScopeBoxes() {
  const { state } = useForm();
  const error = state.fields?.scopes;
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
      {error ? (
        <p className={styles.error} role="alert">
          <Glyph state="failed" />
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
