'use client';
/** Approve or deny, on one form: for how long, and the two words. On a page of their own A and D press them. */
import { useEffect, useRef, useState } from 'react';
import { ActionForm } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { SubmitButton } from '@/app/_ui/submit';
import { keysAreFree } from '@/app/_ui/typing';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import styles from './answer-form.module.css';
import { announced } from './signed';
import { counted, shorter } from './words';

export interface AnswerFormProps {
  action: FormAction;
  hidden: Readonly<Record<string, string>>;
  /** What is asked for: heads the confirmation. */
  name: string;
  minutes: number;
  /** An extension moves the end by so many; nothing to choose from then is shorter words. */
  extension?: boolean;
  /** For whom one answers, while they are away. */
  standIn?: string;
  /** Why not to approve. */
  refuseOnly?: string;
  /** In a panel letters are not free. */
  keys?: boolean;
}

export function AnswerForm({ action, hidden, name, minutes, extension, standIn, refuseOnly, keys }: AnswerFormProps) {
  const [chosen, setChosen] = useState(minutes);
  const form = useRef<HTMLDivElement>(null);
  const { wrap, dialog } = useStepUp({ act: 'Answer the request', name });

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const verdict = event.key === 'a' ? 'approve' : event.key === 'd' ? 'deny' : null;
      if (!verdict || !keysAreFree(event)) return;
      event.preventDefault();
      form.current?.querySelector<HTMLButtonElement>(`button[value="${verdict}"]`)?.click();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  return (
    <div ref={form}>
      <ActionForm
        action={announced(wrap(action))}
        hidden={{ ...hidden, minutes: String(chosen) }}
        onOk="stay"
        label="Answer"
      >
        {standIn ? (
          <p className="small">
            You answer for <b>{standIn}</b>, who is away. It uses up their vote, and yours.
          </p>
        ) : null}
        {refuseOnly ? <p className="small">{refuseOnly}</p> : null}
        <p className={styles.legend}>Shorten, never lengthen</p>
        <fieldset className={styles.minutes} aria-label="Minutes">
          {shorter(minutes).map((each) => (
            <label key={each} className={styles.choice}>
              <input
                type="radio"
                name="chosen"
                value={each}
                checked={each === chosen}
                onChange={() => setChosen(each)}
                className="sr"
              />
              {each === minutes ? `${each} min, as asked` : `${each} min`}
            </label>
          ))}
        </fieldset>
        <div className={styles.acts}>
          <SubmitButton
            name="verdict"
            value="approve"
            icon="passkey"
            kbd={keys ? 'A' : undefined}
            size="lg"
            wide
            disabled={refuseOnly !== undefined}
          >
            {extension ? `Extend by ${counted(chosen, 'minute')}` : `Approve for ${counted(chosen, 'minute')}`}
          </SubmitButton>
          <SubmitButton name="verdict" value="deny" variant="danger" kbd={keys ? 'D' : undefined} wide>
            Deny
          </SubmitButton>
        </div>
      </ActionForm>
      {dialog}
    </div>
  );
}
