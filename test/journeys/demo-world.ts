import { test as base } from '@playwright/test';
import { Authenticator } from '../support/authenticator';
import { type Demo, readDemo } from '../support/demo';
import { type System, startSystem } from '../support/system';
import type { Person } from './people';

/** The demo world, started once per worker and shared by the files that only need people and things to be there. */
export interface DemoWorld extends Demo {
  system: System;
  person(email: string): Person;
}

export const test = base.extend<object, { world: DemoWorld }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const system = await startSystem({ demo: true, host: true, edges: ['EU', 'NA', 'AS', 'JP', 'IN', 'CN'] });
      const loaded = Date.now();
      const demo = readDemo(system.home);
      const people = new Map<string, Person>();
      await use({
        ...demo,
        system,
        person(email) {
          const known = people.get(email);
          if (known) return known;
          const user = demo.users.find((each) => each.email === email);
          if (!user) throw new Error(`the demo has nobody called ${email}`);
          const authenticator = new Authenticator(user.totpSecret);
          // Whoever loaded the demo may have typed the last code of that time.
          authenticator.usedElsewhere(loaded);
          const person: Person = {
            ...{ email, password: user.password, authenticator },
            ...{ device: null, recoveryCodes: [] },
          };
          people.set(email, person);
          return person;
        },
      });
      await system.stop();
    },
    { scope: 'worker', timeout: 300_000 },
  ],
});

export { expect } from '@playwright/test';
