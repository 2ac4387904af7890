import { signOutAction } from '../sign-out/actions';
import styles from './parts.module.css';

/** Whose second step this is, with the way out. */
export function Who({ email }: { email: string }) {
  return (
    <div className={styles.who}>
      <span className={styles.initials} aria-hidden>
        {email.slice(0, 2).toUpperCase()}
      </span>
      <span className="trunc" dir="auto" title={email}>
        {email}
      </span>
      <form action={signOutAction}>
        <button type="submit" className={`${styles.way} link small medium`}>
          Not you?
        </button>
      </form>
    </div>
  );
}
