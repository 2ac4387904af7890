'use client';
/**
 * A form around a server action. What was typed survives a refusal, the first field in error gets the focus,
 * a second submit while one is on its way does nothing, and a dialog around the form closes once it is ok.
 */
import {
  createContext,
  type FormEvent,
  type ReactNode,
  startTransition,
  useActionState,
  useContext,
  useEffect,
  useRef,
} from 'react';
import { useCloseLayer } from './close-layer';
import styles from './form.module.css';
import type { FormAction, FormState } from './form-state';
import { Note } from './note';
import { toast } from './toaster';

interface FormContextValue {
  state: FormState;
  pending: boolean;
}
const FormContext = createContext<FormContextValue>({ state: {}, pending: false });
export const useForm = () => useContext(FormContext);

export interface ActionFormProps {
  action: FormAction;
  children: ReactNode;
  /** Values the person does not see: identifiers, versions for optimistic locking. */
  hidden?: Readonly<Record<string, string>>;
  /** What to do with an ok: close the layer around it and toast the message (default), show it in place, or nothing. */
  onOk?: 'toast' | 'stay' | 'reset';
  /** Called with every answer; from client code only. */
  onState?: (state: FormState) => void;
  /** Message above the buttons; false when the page places <FormMessage /> itself. */
  message?: boolean;
  label?: string;
}

export function ActionForm({
  action,
  children,
  hidden,
  onOk = 'toast',
  onState,
  message = true,
  label,
}: ActionFormProps) {
  const [state, dispatch, pending] = useActionState<FormState, FormData>(action as never, {});
  const form = useRef<HTMLFormElement>(null);
  const close = useCloseLayer();
  const last = useRef(state);

  useEffect(() => {
    if (state === last.current) return;
    last.current = state;
    onState?.(state);
    if (state.ok) {
      if (onOk === 'reset') form.current?.reset();
      if (onOk !== 'stay') {
        if (state.message) toast(state.message);
        close?.();
      }
      return;
    }
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [state, onOk, onState, close]);

  // Submitting by hand instead of through `action` keeps React from resetting the fields after a refusal;
  // without JavaScript the form still posts to the action.
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const submitter = (event.nativeEvent as SubmitEvent).submitter;
    const data = new FormData(event.currentTarget, submitter);
    startTransition(() => dispatch(data));
  }

  return (
    <FormContext value={{ state, pending }}>
      <form ref={form} action={dispatch} onSubmit={submit} className={styles.form} aria-label={label} noValidate>
        {Object.entries(hidden ?? {}).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {message ? <FormMessage /> : null}
        {children}
      </form>
    </FormContext>
  );
}

/** The answer of the form it stands in, or of the state given. */
export function FormMessage({ state: given }: { state?: FormState }) {
  const context = useForm();
  const state = given ?? context.state;
  if (!state.message) return null;
  return (
    <Note tone={state.ok ? 'success' : 'danger'} live>
      {state.message}
      {state.code ? <span className={styles.code}>{state.code}</span> : null}
    </Note>
  );
}

/** Buttons of a form, the act first. */
export function FormActs({ children }: { children: ReactNode }) {
  return <div className={styles.acts}>{children}</div>;
}
