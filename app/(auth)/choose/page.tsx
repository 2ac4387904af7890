import type { Metadata } from 'next';
import Link from 'next/link';
import { Gate } from '@/app/_ui/gate';
import { membershipsOf, organisationPath, requirePrincipal } from '@/lib/identity';
import { Foot } from '../_parts/foot';
import styles from '../_parts/parts.module.css';
import { Who } from '../_parts/who';

export const metadata: Metadata = { title: 'Choose an organisation' };

export default async function ChoosePage() {
  const principal = await requirePrincipal();
  const memberships = await membershipsOf(principal.secret);
  return (
    <Gate
      title={memberships.length === 0 ? 'No organisation yet' : 'Choose an organisation'}
      lede={
        memberships.length === 0
          ? 'You are signed in, and a member of no organisation. An owner or administrator can invite this address.'
          : 'You are a member of each of these; nothing of one is visible in another.'
      }
      foot={<Foot realm={principal.realm} />}
      open
    >
      <Who email={principal.email} />
      <ul className={styles.choices}>
        {memberships.map((membership) => (
          <li key={membership.organisationId}>
            <Link href={organisationPath(membership)}>
              <span className="trunc" dir="auto" title={membership.name}>
                {membership.name}
              </span>
              <span className="quiet small">{membership.role}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Gate>
  );
}
