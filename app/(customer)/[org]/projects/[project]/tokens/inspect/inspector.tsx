'use client';
/** Paste a token, say where it is used, and see which rule decides. Enter asks; Alt with ↑ ↓ goes from edge to edge. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Field } from '@/app/_ui/field';
import { ActionForm } from '@/app/_ui/form';
import type { FormState } from '@/app/_ui/form-state';
import { Input, Select, Textarea } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import { Kbd } from '@/app/_ui/text';
import type { Region } from '@/lib/kernel/region';
import type { Inspection } from '@/lib/tokens/schemas';
import { type HandedOver, takeOver } from '../_parts/hand-over';
import { type InspectAnswer, inspectTokenAction } from './actions';
import styles from './inspect.module.css';
import { Says, VerdictPanel } from './result';

export interface InspectorProps {
  organisationId: string;
  projectId: string;
  projectName: string;
  path: string;
  edges: readonly { name: string; region: Region }[];
  mayRevoke: boolean;
}

export function Inspector(props: InspectorProps) {
  const [handed, setHanded] = useState<HandedOver | null | undefined>(undefined);
  useEffect(() => {
    // Strict mode mounts twice; what was taken at first stays.
    setHanded((known) => known ?? takeOver());
  }, []);
  return <InspectorForm key={handed?.token ?? ''} {...props} handed={handed ?? null} />;
}

function InspectorForm({
  organisationId,
  projectId,
  projectName,
  path,
  edges,
  mayRevoke,
  handed,
}: InspectorProps & { handed: HandedOver | null }) {
  const [inspection, setInspection] = useState<Inspection | null>(null);
  const [token, setToken] = useState(handed?.token ?? '');
  const [edge, setEdge] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const ask = () => box.current?.querySelector('form')?.requestSubmit();
  const names = ['', ...edges.map(({ name }) => name)];

  // A token handed over by another page is inspected without another press.
  useEffect(() => {
    if (handed) box.current?.querySelector('form')?.requestSubmit();
  }, [handed]);

  // Asking again for every edge only makes sense once there is something to ask about.
  const choose = (name: string) => {
    setEdge(name);
    if (token.trim()) setTimeout(ask, 0);
  };
  function keys(event: KeyboardEvent) {
    if (event.key === 'Enter' && event.target instanceof HTMLTextAreaElement && !event.shiftKey) {
      event.preventDefault();
      ask();
    }
    if (event.altKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const next = names.indexOf(edge) + (event.key === 'ArrowDown' ? 1 : -1);
      choose(names[(next + names.length) % names.length]!);
    }
  }
  const onState = (state: FormState) => {
    const { inspection: found } = state as InspectAnswer;
    setInspection(found ?? null);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: shortcuts of the form inside, each also reachable by its own control
    <div ref={box} onKeyDown={keys}>
      <ActionForm
        action={inspectTokenAction as never}
        hidden={{ organisationId, projectId }}
        onOk="stay"
        onState={onState}
        label="Inspect a token"
      >
        <div className={styles.grid}>
          <div>
            <Field
              name="token"
              label="Token"
              aside={token.trim() ? `${token.trim().length} characters, ${token.trim().slice(0, 3)}` : undefined}
            >
              <Textarea
                mono
                rows={5}
                value={token}
                onChange={(event) => setToken(event.target.value)}
                placeholder="007…"
              />
            </Field>
            <div className={styles.acts}>
              <SubmitButton busy="Asking the rules">Inspect</SubmitButton>
              <span className="quiet small">The token is not kept.</span>
            </div>
            {inspection ? (
              <Says inspection={inspection} projectName={projectName} path={path} mayRevoke={mayRevoke} />
            ) : null}
          </div>
          <div>
            <div className={styles.where}>
              <Field name="channel" label="Channel">
                <Input mono defaultValue={handed?.channel ?? ''} />
              </Field>
              <Field name="account" label="Account">
                <Input mono defaultValue={handed?.account ?? ''} />
              </Field>
              <Field name="edge" label="At edge">
                <Select
                  mono
                  value={edge}
                  onChange={(event) => choose(event.target.value)}
                  options={[
                    { value: '', label: 'Preferred' },
                    ...edges.map(({ name, region }) => ({ value: name, label: `${name} (${region})` })),
                  ]}
                />
              </Field>
              <Field name="when" label="When, UTC">
                <Input type="datetime-local" step={1} title="Empty for now" />
              </Field>
            </div>
            <VerdictPanel inspection={inspection} projectName={projectName} path={path} />
            <p className={styles.foot}>
              <span>
                <Kbd>⌥</Kbd> <Kbd>↑</Kbd> <Kbd>↓</Kbd> next edge
              </span>
            </p>
          </div>
        </div>
      </ActionForm>
    </div>
  );
}
