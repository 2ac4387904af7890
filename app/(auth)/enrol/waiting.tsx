'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useTransition } from 'react';
import { Button } from '@/app/_ui/button';
import styles from '../_parts/parts.module.css';

/** A session that only waits lives ten minutes, so looking often costs little and keeps nothing alive. */
const LOOK_MS = 4000;

/** What a colleague will compare. The server sends on as soon as the passkey is endorsed, and back to the start when it was turned down. */
export function Waiting({ fingerprints, mayStartOver }: { fingerprints: readonly string[]; mayStartOver: boolean }) {
  const router = useRouter();
  const [looking, start] = useTransition();
  const look = () => start(() => router.refresh());

  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && router.refresh(), LOOK_MS);
    return () => clearInterval(timer);
  }, [router]);

  return (
    <div className={styles.enrol}>
      <div className={styles.waiting}>
        <span className="small quiet">Fingerprint of your passkey</span>
        {fingerprints.map((fingerprint) => (
          <span key={fingerprint} className={styles.fingerprint} translate="no">
            {fingerprint}
          </span>
        ))}
      </div>
      <p>
        An administrator or a security officer finds it on the page Employees and endorses it with their own passkey.
        Read them the fingerprint, face to face or by a call you trust: they have to see the same one.
      </p>
      <Button size="lg" wide icon="refresh" aria-busy={looking || undefined} onClick={look}>
        Look again
      </Button>
      <p className="small quiet" role="status">
        This page goes on by itself once it is endorsed. If it ends meanwhile, sign in again: the passkey goes on
        waiting.
      </p>
      <div className={styles.below}>
        <Link className="link medium" href={mayStartOver ? '/enrol?again' : '/recover'}>
          {mayStartOver ? 'Make another passkey' : 'I lost this passkey'}
        </Link>
        <Link className="link medium" href="/sign-out">
          Sign out
        </Link>
      </div>
    </div>
  );
}
