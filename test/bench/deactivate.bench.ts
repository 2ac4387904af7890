/**
 * How long somebody still has access after they lost it: from the moment the deactivating act begins until each thing they hold last
 * worked, in a running Cordon with the demo world, two edges and a real browser. A member taken out of their organisation, and a member
 * of the staff disabled, several times over.
 */
import { rmSync } from 'node:fs';
import { launchChromium } from '../plane/edge-page';
import { type Cut, disableStaff, removeDeveloper, setStage } from '../support/deactivation';
import { readDemo } from '../support/demo';
import { newHome, startSystem } from '../support/system';
import type { Result } from './measure';

const ROUNDS = 5;
const TARGET_MS = 2_000;
/** After which something counts as not cut at all. */
const WITHIN_MS = 20_000;

export async function bench(emit: (result: Result) => void): Promise<void> {
  const home = newHome();
  const system = await startSystem({ demo: true, edges: ['EU', 'NA'], home });
  const browser = await launchChromium();
  const stage = await setStage(system, readDemo(home), browser, WITHIN_MS);
  try {
    const cuts: [who: string, cut: Cut][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const removed = await removeDeveloper(stage);
      cuts.push(...removed.cuts.map((cut): [string, Cut] => ['member', cut]));
      await stage.hands.act({ do: 'let-back', userId: removed.was.userId, slug: 'demo-telehealth' });
      const disabled = await disableStaff(stage);
      cuts.push(...disabled.cuts.map((cut): [string, Cut] => ['staff', cut]));
      const { administrator, was } = disabled;
      await stage.hands.act({
        ...{ do: 'set-staff', secret: administrator.secret, userId: was.userId },
        ...{ role: 'support', status: 'active' },
      });
    }
    for (const name of new Set(cuts.map(([who, { what }]) => `${who}: ${what}`))) {
      const times = cuts.filter(([who, { what }]) => `${who}: ${what}` === name).map(([, { afterMs }]) => afterMs);
      times.sort((a, b) => a - b);
      const most = times.at(-1)!;
      emit({
        case: name,
        unit: 'ms',
        ours: most,
        ...{ p50: times[Math.floor(times.length / 2)], max: most, trials: times.length },
        ...{ peers: {}, ratio: {}, targets: { max: TARGET_MS } },
        pass: times.length === ROUNDS && most <= TARGET_MS,
      });
    }
  } finally {
    stage.hands.stop();
    await browser.close();
    await system.interrupt();
    rmSync(home, { recursive: true, force: true });
  }
}
