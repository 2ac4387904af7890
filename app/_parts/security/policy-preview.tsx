import { Note } from '@/app/_ui/note';
import { Panel } from '@/app/_ui/panel';
import {
  type AccessSettings,
  type Clause,
  labelOf,
  type PeopleByFactor,
  policyText,
  turnedAwayBy,
  type Whose,
} from '@/lib/access-policy/schemas';
import styles from './policy-editor.module.css';

export interface PolicyPreviewProps {
  before: AccessSettings;
  /** Null while a field holds what no policy can say. */
  after: AccessSettings | null;
  whose: Whose;
  people: PeopleByFactor | null;
}

const clauses = (settings: AccessSettings, whose: Whose): Clause[] =>
  policyText(settings, whose).flatMap((chapter) => chapter.clauses);

/** The sentences that become others, before and after, and who would be turned away. */
export function PolicyPreview({ before, after, whose, people }: PolicyPreviewProps) {
  return (
    <Panel title="What changes">
      <div className={styles.changes} aria-live="polite">
        {after ? (
          <Changes before={before} after={after} whose={whose} people={people} />
        ) : (
          <p className="quiet small">A field is not complete yet.</p>
        )}
      </div>
    </Panel>
  );
}

function Changes({ before, after, whose, people }: PolicyPreviewProps & { after: AccessSettings }) {
  const old = new Map(clauses(before, whose).map(({ id, text }) => [id, text]));
  const changed = clauses(after, whose).filter(({ id, text }) => old.get(id) !== text);
  const turned = people && after.factor !== before.factor ? turnedAwayBy(people, after.factor) : 0;
  if (changed.length === 0)
    return <p className="quiet small">Nothing yet. Change a setting, and its sentence stands here before and after.</p>;
  return (
    <>
      {changed.map(({ id, text, setting }) => (
        <div key={id} className={styles.change}>
          <p className={styles.name}>{setting === 'fixed' ? '' : labelOf(setting)}</p>
          <del className={styles.before}>
            <span aria-hidden>− </span>
            {old.get(id)}
          </del>
          <ins className={styles.after}>
            <span aria-hidden>+ </span>
            {text}
          </ins>
        </div>
      ))}
      {turned > 0 ? (
        <Note tone="notice" title={`${turned} ${turned === 1 ? 'person' : 'people'} would be turned away now.`}>
          They get in again once they have added such a passkey to their account.
        </Note>
      ) : null}
      <p className="small quiet">Holds from the next request of everybody on. You confirm exactly this.</p>
    </>
  );
}
