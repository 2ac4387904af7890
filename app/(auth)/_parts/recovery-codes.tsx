'use client';
import { Copy } from '@/app/_ui/copy';
import { Checkbox } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import styles from './parts.module.css';

export interface RecoveryCodesProps {
  codes: readonly string[];
  /** When signing in takes two of them. */
  two: boolean;
  /** Where the person goes once they are stored. */
  onward: (form: FormData) => void | Promise<void>;
  /** Read by `onward`. */
  callbackUrl?: string;
}

/** Shown this once. Going on takes a word that they are stored. */
export function RecoveryCodes({ codes, two, onward, callbackUrl }: RecoveryCodesProps) {
  const text = codes.join('\n');
  return (
    <div className={styles.enrol}>
      <p>
        <strong className="strong">Store these recovery codes now.</strong> They get you in when every other factor is
        lost, {two ? 'two at a time, ' : 'or two at a time once you have a passkey, '}each once. They are kept here only
        as fingerprints and cannot be shown again.
      </p>
      <ol className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={styles.acts}>
        <Copy value={text} label={`Copy all ${codes.length}`} worded />
        <a
          className="link small medium"
          download="cordon-recovery-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
        >
          Download as text
        </a>
      </div>
      <form action={onward} className={styles.enrol}>
        <input type="hidden" name="callbackUrl" value={callbackUrl ?? ''} />
        <Checkbox name="stored" required label="I stored them where I will find them without this device" />
        <SubmitButton size="lg" wide>
          Continue
        </SubmitButton>
      </form>
    </div>
  );
}
