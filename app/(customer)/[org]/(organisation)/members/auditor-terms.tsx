'use client';
/** What an auditor may see, and until when: the fields of the invitation, and of the terms later on. Days are UTC. */
import { useState } from 'react';
import { RadioCards } from '@/app/_ui/choice';
import { Field, GroupError } from '@/app/_ui/field';
import { Checkbox, Input } from '@/app/_ui/input';
import { Columns, Stack } from '@/app/_ui/layout';
import { DAYS_AT_MOST, DAYS_BY_DEFAULT } from '@/lib/auditors/schemas';
import styles from './auditor-terms.module.css';

/** Terms as a form shows them; days like 2026-11-22. */
export interface TermsView {
  until: string;
  projects: readonly string[] | null;
  from?: string;
  before?: string;
}

export interface AuditorTermsProps {
  projects: readonly { id: string; name: string }[];
  /** Those of now; without them the default. */
  terms?: TermsView;
}

const DAY_MS = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

export function AuditorTerms({ projects, terms }: AuditorTermsProps) {
  const [reach, setReach] = useState(terms?.projects ? 'some' : 'all');
  return (
    <Stack gap={4}>
      <Field name="until" label="Last day of access" hint={`UTC. A year at most; it ends by itself.`}>
        <Input
          type="date"
          min={dayIn(0)}
          max={dayIn(DAYS_AT_MOST)}
          defaultValue={terms?.until ?? dayIn(DAYS_BY_DEFAULT)}
        />
      </Field>
      <RadioCards
        name="reach"
        legend="Projects"
        columns={2}
        defaultValue={reach}
        onChoose={setReach}
        options={[
          { value: 'all', label: 'All projects', hint: 'Also those made later' },
          {
            value: 'some',
            label: 'Some projects',
            hint: 'Those you choose',
            reason: projects.length === 0 ? 'There is no project yet.' : undefined,
          },
        ]}
      />
      {reach === 'some' ? (
        <fieldset className={styles.projects}>
          <legend className="sr">Which projects</legend>
          {projects.map(({ id, name }) => (
            <Checkbox
              key={id}
              name="projects"
              value={id}
              label={name}
              defaultChecked={terms?.projects?.includes(id) ?? false}
            />
          ))}
          <GroupError name="projects" />
        </fieldset>
      ) : null}
      <Columns n={2} gap={4}>
        <Field name="eventsFrom" label="Events from" aside="optional">
          <Input type="date" defaultValue={terms?.from} />
        </Field>
        <Field name="eventsBefore" label="Events before" aside="optional">
          <Input type="date" defaultValue={terms?.before} />
        </Field>
      </Columns>
      <p className="small quiet">
        Bounded to some projects, they still see what happens to members, invitations and the security policy: that
        decides who may act in all of them.
      </p>
    </Stack>
  );
}
