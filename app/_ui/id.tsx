/** An identifier in mono, cut in the middle; copy gives the whole. Fingerprints carry a kind: c1:9ad4…70. */
import { Copy } from './copy';
import { cutMiddle } from './format';
import styles from './id.module.css';

export interface IdProps {
  value: string;
  /** Fingerprint kind shown before the value; four and two characters stay. */
  kind?: string;
  whole?: boolean;
  copy?: boolean;
  /** What it is, for the copy button: "App ID". */
  label?: string;
}

export function Id({ value, kind, whole = false, copy = true, label = 'ID' }: IdProps) {
  const text = whole ? value : kind ? cutMiddle(value, 4, 2) : cutMiddle(value);
  return (
    <span className={styles.id}>
      <span className={`mono ${whole ? styles.whole : ''}`} title={text === value ? undefined : value} translate="no">
        {kind ? `${kind}:` : ''}
        {text}
      </span>
      {copy ? <Copy value={value} label={`Copy ${label}`} /> : null}
    </span>
  );
}
