'use client';
import clsx from 'clsx';
import { type FormEvent, useState } from 'react';
import { Button } from '@/app/_ui/button';
import { Field } from '@/app/_ui/field';
import { Input } from '@/app/_ui/input';
import { Panel } from '@/app/_ui/panel';
import type { Message } from './_parts/session';
import styles from './try.module.css';

/** Messages over the data channel: to everybody in the channel, kept nowhere. */
export function Messages({
  messages,
  say,
  reason,
}: {
  messages: readonly Message[];
  say: (text: string) => boolean;
  reason?: string;
}) {
  const [text, setText] = useState('');
  const [failed, setFailed] = useState(false);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!text.trim()) return;
    const sent = say(text.trim());
    setFailed(!sent);
    if (sent) setText('');
  }
  return (
    <Panel title="Messages" note="data channel, kept nowhere">
      <ol className={styles.said} aria-label="Messages" aria-live="polite">
        {messages.length === 0 ? <li className="quiet small">Nothing said yet.</li> : null}
        {messages.map(({ n, from, text: said }) => (
          <li key={n}>
            <span className="quiet small">{from}</span> <span dir="auto">{said}</span>
          </li>
        ))}
      </ol>
      <form onSubmit={submit} className={styles.write}>
        <Field name="message" label="Message" error={failed ? 'The data channel is not open yet.' : undefined}>
          <Input
            value={text}
            maxLength={1000}
            disabled={Boolean(reason)}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <Button type="submit" disabled={Boolean(reason)}>
          Send
        </Button>
      </form>
      {reason ? <p className={clsx(styles.why, 'quiet small')}>{reason}</p> : null}
    </Panel>
  );
}
