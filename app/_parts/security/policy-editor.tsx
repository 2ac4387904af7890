'use client';
/**
 * Every setting of a policy as one form. Beside it the sentences that become others, made while typing by the same function that makes the
 * document. The server decides again, and asks to confirm exactly what changes.
 */
import { type FormEvent, useState } from 'react';
import { ButtonLink } from '@/app/_ui/button';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { type AccessPolicyView, type AccessSettings, accessPolicyForm, type Whose } from '@/lib/access-policy/schemas';
import styles from './policy-editor.module.css';
import { FactorFields, NetworkFields, PasswordFields, SessionFields } from './policy-fields';
import { PolicyPreview } from './policy-preview';

export interface PolicyEditorProps {
  policy: AccessPolicyView;
  whose: Whose;
  /** As the heading of the confirmation names it. */
  name: string;
  /** Where the author's own requests come from. */
  address: string;
  action: FormAction;
  hidden?: Readonly<Record<string, string>>;
  /** The document. */
  back: string;
}

export function PolicyEditor({ policy, whose, name, address, action, hidden, back }: PolicyEditorProps) {
  const { wrap, dialog } = useStepUp({ act: 'Change the security policy', name });
  const [wanted, setWanted] = useState<AccessSettings | null>(policy.settings);

  function read(event: FormEvent<HTMLElement>) {
    const form = (event.target as HTMLInputElement).form;
    if (!form) return;
    const typed = Object.fromEntries(new FormData(form));
    const parsed = accessPolicyForm[whose].safeParse(typed);
    setWanted(parsed.success ? parsed.data : null);
  }

  return (
    <>
      <ActionForm
        action={wrap(action)}
        hidden={{ ...hidden, version: String(policy.version) }}
        label="Security policy"
        onOk="stay"
      >
        <div className={styles.columns} onInput={read}>
          <Stack gap={5}>
            <PasswordFields settings={policy.settings} whose={whose} />
            <SessionFields settings={policy.settings} whose={whose} />
            <FactorFields settings={policy.settings} whose={whose} people={policy.people} />
            <NetworkFields settings={policy.settings} whose={whose} address={address} />
          </Stack>
          <div>
            <div className={styles.preview}>
              <PolicyPreview before={policy.settings} after={wanted} whose={whose} people={policy.people} />
            </div>
          </div>
        </div>
        <FormActs>
          <SubmitButton busy="Changing">Change the policy</SubmitButton>
          <ButtonLink href={back} variant="ghost">
            Leave it as it is
          </ButtonLink>
        </FormActs>
      </ActionForm>
      {dialog}
    </>
  );
}
