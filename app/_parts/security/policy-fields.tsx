'use client';
import { RadioCards } from '@/app/_ui/choice';
import { Field, GroupError } from '@/app/_ui/field';
import { Checkbox, Input, Textarea } from '@/app/_ui/input';
import { Columns, Stack } from '@/app/_ui/layout';
import { Panel } from '@/app/_ui/panel';
import {
  type AccessSettings,
  BOUNDS,
  FACTORS,
  type Factor,
  NETWORKS_AT_MOST,
  type PeopleByFactor,
  turnedAwayBy,
  type Whose,
} from '@/lib/access-policy/schemas';

interface Fields {
  settings: AccessSettings;
  whose: Whose;
}

/** A whole number within the bounds of its setting. */
function Whole({ name, value, whose }: { name: keyof (typeof BOUNDS)['members']; value: number | null; whose: Whose }) {
  const [min, max] = BOUNDS[whose][name];
  return <Input type="number" inputMode="numeric" min={min} max={max} defaultValue={value ?? ''} />;
}

const range = (whose: Whose, name: keyof (typeof BOUNDS)['members']) => BOUNDS[whose][name].join(' to ');

export function PasswordFields({ settings, whose }: Fields) {
  return (
    <Panel title="Passwords">
      <Stack gap={4}>
        <Columns n={2} gap={4}>
          <Field
            name="passwordMinCharacters"
            label="Minimum length"
            aside="characters"
            hint={`${range(whose, 'passwordMinCharacters')}. Holds when a password is next chosen.`}
          >
            <Whole name="passwordMinCharacters" value={settings.passwordMinCharacters} whose={whose} />
          </Field>
          <Field
            name="passwordMaxAgeDays"
            label="Maximum age"
            aside="days"
            hint={`Empty for none, as NIST SP 800-63B-4 advises; else ${range(whose, 'passwordMaxAgeDays')}.`}
          >
            <Whole name="passwordMaxAgeDays" value={settings.passwordMaxAgeDays} whose={whose} />
          </Field>
        </Columns>
        <Checkbox name="common" label="Refuse breached and common passwords" reason="Always on." defaultChecked />
      </Stack>
    </Panel>
  );
}

export function SessionFields({ settings, whose }: Fields) {
  return (
    <Panel title="Sessions">
      <Columns n={2} gap={4}>
        <Field
          name="sessionIdleMinutes"
          label="Idle limit"
          aside="minutes"
          hint={`${range(whose, 'sessionIdleMinutes')}. Activity is noted once a minute.`}
        >
          <Whole name="sessionIdleMinutes" value={settings.sessionIdleMinutes} whose={whose} />
        </Field>
        <Field
          name="sessionHours"
          label="Absolute limit"
          aside="hours"
          hint={`${range(whose, 'sessionHours')}, from signing in, active or not.`}
        >
          <Whole name="sessionHours" value={settings.sessionHours} whose={whose} />
        </Field>
      </Columns>
    </Panel>
  );
}

const FACTOR_LABELS: Readonly<Record<Factor, { label: string; hint: string }>> = {
  any: {
    label: 'Passkey or authenticator app',
    hint: 'A code can be given away on a look-alike site; a passkey cannot.',
  },
  passkey: { label: 'Passkey', hint: 'Synced passkeys count.' },
  'device-bound': { label: 'Device-bound passkey', hint: 'One that cannot leave its device, such as a security key.' },
};

export function FactorFields({ settings, whose, people }: Fields & { people: PeopleByFactor | null }) {
  const words = (factor: Factor) => {
    const turned = people ? turnedAwayBy(people, factor) : 0;
    const all = people ? people.deviceBound + people.synced + people.other : 0;
    const { hint } = FACTOR_LABELS[factor];
    return turned === 0 ? hint : `${hint} ${turned} of ${all} ${whose} do not have one now.`;
  };
  return (
    <Panel title="Factors">
      <RadioCards
        name="factor"
        legend="What is enough to sign in"
        defaultValue={settings.factor}
        options={FACTORS[whose].map((value) => ({ value, label: FACTOR_LABELS[value].label, hint: words(value) }))}
      />
      <GroupError name="factor" />
    </Panel>
  );
}

export function NetworkFields({ settings, whose, address }: Fields & { address: string }) {
  return (
    <Panel title="Networks">
      <Stack gap={4}>
        <Field
          name="networks"
          label="Allowed networks"
          aside={`at most ${NETWORKS_AT_MOST}`}
          hint={
            <>
              One per line, IPv4 or IPv6, such as 192.0.2.0/24. Empty for no restriction. You come from{' '}
              <span className="mono">{address}</span>.
            </>
          }
        >
          <Textarea mono rows={4} defaultValue={settings.networks.join('\n')} />
        </Field>
        <Checkbox
          name="networksForSessions"
          label={
            whose === 'members' ? 'Members get in from these networks only' : 'Staff get in from these networks only'
          }
          defaultChecked={settings.networksForSessions}
        />
        {whose === 'members' ? (
          <Checkbox
            name="networksForKeys"
            label="API keys work from these networks only"
            hint="Your app servers must be inside."
            defaultChecked={settings.networksForKeys}
          />
        ) : null}
      </Stack>
    </Panel>
  );
}
