/** The mark and the name, leading to the start; for windows without the frame of the console. */
import Link from 'next/link';
import styles from './home-link.module.css';
import { Mark } from './mark';

export function HomeLink() {
  return (
    <Link href="/" className={styles.home}>
      <Mark size={22} />
      Cordon
    </Link>
  );
}
