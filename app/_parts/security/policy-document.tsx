/** The document of a security policy: each sentence with the setting it comes from, and when and by whom that was last changed. */
import { Stack } from '@/app/_ui/layout';
import { Section } from '@/app/_ui/panel';
import { Time } from '@/app/_ui/time';
import {
  type AccessPolicyView,
  type Clause,
  labelOf,
  policyText,
  type Whose,
  wordsFor,
} from '@/lib/access-policy/schemas';
import styles from './policy-document.module.css';

export function PolicyDocument({ policy, whose }: { policy: AccessPolicyView; whose: Whose }) {
  return (
    <Stack gap={8}>
      {policyText(policy.settings, whose).map(({ heading, clauses }, chapter) => (
        <Section key={heading} title={`${chapter + 1}. ${heading}`}>
          <ol className={styles.clauses}>
            {clauses.map((clause, at) => (
              <li key={clause.id} id={clause.id} className={styles.clause}>
                <span className={styles.number}>
                  {chapter + 1}.{at + 1}
                </span>
                <p className={styles.text}>{clause.text}</p>
                <Origin clause={clause} policy={policy} />
              </li>
            ))}
          </ol>
        </Section>
      ))}
    </Stack>
  );
}

function Origin({ clause: { setting }, policy }: { clause: Clause; policy: AccessPolicyView }) {
  if (setting === 'fixed') return <p className={styles.origin}>Always so; not a setting</p>;
  const change = policy.changes[setting];
  return (
    <p className={styles.origin}>
      <span className={styles.setting}>
        {labelOf(setting)}: {wordsFor(policy.settings, setting)}
      </span>
      {change ? (
        <span>
          changed <Time at={change.at} /> by <span dir="auto">{change.by ?? 'somebody who has left'}</span>
        </span>
      ) : (
        <span>default, never changed</span>
      )}
    </p>
  );
}
