import type { PackStep } from '@/lib/kernel/pack';
import { accessState, firstFaultIn } from '../access';
import type { Brought } from '../inputs';
import { type Run, start } from '../run';
import type { Message, Verdict } from '../verdict';
import { number } from '../words';
import { accessRows } from './access';
import { byId, el, glyph } from './dom';
import { type ConsoleWords, type Form, openForm } from './form';
import { ladder } from './ladder';
import { type About, failureFacts, headline, headlineOf, keyNote, packFacts, proofFacts, proofValues } from './report';
import { eventRows, faultRows } from './rows';

const NOTHING_YET = 'Nothing checked yet';

/** Brings the page to life. `script` is the text of its own script. */
export function startPage(script: string): void {
  const words = consoleWords();
  const panel = byId('panel');
  const below = byId('below');
  let run: Run | null = null;

  const form = openForm(words, { check, changed: idle });
  idle();

  /** What was found is not of what the form says any more. */
  function idle(): void {
    run?.cancel();
    run = null;
    form.busy(false);
    form.say('');
    below.replaceChildren();
    panel.className = 'panel';
    panel.replaceChildren(
      el(
        'div',
        { class: 'headline' },
        glyph('planned', 28),
        el(
          'div',
          {},
          el('h2', { id: 'verdict', tabindex: '-1' }, NOTHING_YET),
          el('p', {}, 'This is what will be checked, in this order.'),
        ),
      ),
      ladder({ step: null, brought: form.brought() }),
    );
  }

  async function check(file: File): Promise<void> {
    idle();
    form.refuse(null);
    const brought = form.brought();
    const running = openRunning(brought);
    panel.className = 'panel';
    panel.replaceChildren(...running.nodes);
    form.busy(true);
    const mine = start(script, { file, ...brought }, running.tell);
    run = mine;
    running.cancel.addEventListener('click', () => {
      idle();
      form.focus();
      form.say('Stopped. Nothing was decided.');
    });
    form.say('Checking.');
    const verdict = await mine.verdict;
    if (run !== mine) return;
    run = null;
    form.busy(false);
    show(verdict, file, brought, form);
  }

  function show(verdict: Verdict, file: File, brought: Brought, { refuse, say }: Form): void {
    if (verdict.kind === 'unusable') {
      idle();
      refuse(verdict);
      return;
    }
    const own = verdict.kind === 'pack' && verdict.ok && verdict.keysFrom === 'pack';
    const about: About = {
      fileName: file.name,
      fileBytes: file.size,
      checkedAt: new Date().toISOString(),
      keysFrom: own
        ? 'pack'
        : words !== null && brought.vkeys.trim() === words.vkeys.trim() && brought.policy.trim() === ''
          ? 'console'
          : 'you',
      console: words?.name ?? null,
    };
    const line = headlineOf(verdict);
    panel.className = `panel ${line.tone}`;
    panel.replaceChildren(headline(line, codeOf(verdict)), ...panelOf(verdict, about, brought));
    const rows = rowsOf(verdict);
    const access = verdict.kind === 'pack' && verdict.ok ? accessRows(verdict.access) : null;
    below.replaceChildren(...(access ? [access] : []), ...(rows ? [rows] : []));
    say(`${line.title}. ${line.says}`);
    byId('verdict').focus();
  }
}

const codeOf = (verdict: Exclude<Verdict, { kind: 'unusable' }>): string | null => {
  if (!verdict.ok) return verdict.code;
  return verdict.kind === 'pack' ? (firstFaultIn(verdict.access)?.code ?? null) : null;
};

function panelOf(verdict: Exclude<Verdict, { kind: 'unusable' }>, about: About, brought: Brought): HTMLElement[] {
  if (verdict.kind === 'proof') {
    if (!verdict.ok) return [failureFacts(verdict, about)];
    const note = keyNote(about, []);
    return [...(note ? [note] : []), proofFacts(verdict, about)];
  }
  if (!verdict.ok) {
    return [ladder({ step: verdict.step, fault: verdict, brought }), failureFacts(verdict, about)];
  }
  const note = keyNote(about, about.keysFrom === 'pack' ? verdict.vkeys : []);
  const steps = ladder({
    step: 'done',
    brought,
    pack: {
      operator: verdict.operatorIndex !== null,
      ownKey: about.keysFrom === 'pack',
      access: accessState(verdict.access),
    },
  });
  return [...(note ? [note] : []), steps, packFacts(verdict, about)];
}

function rowsOf(verdict: Exclude<Verdict, { kind: 'unusable' }>): HTMLElement | null {
  if (!verdict.ok) return faultRows(verdict.rows, verdict);
  return verdict.kind === 'pack' ? eventRows(verdict.rows, verdict.events) : proofValues(verdict);
}

/** The panel while it is checked. */
function openRunning(brought: Brought) {
  const bar = el('progress', { max: '1', 'aria-label': 'Progress' });
  const says = el('p', { class: 'num' }, 'Opening the file');
  const cancel = el('button', { type: 'button', class: 'button' }, 'Cancel');
  const steps = el('div', {}, ladder({ step: 'files', brought }));
  const show = (step: PackStep) => steps.replaceChildren(ladder({ step, brought }));
  const percent = (done: number, total: number) => (total === 0 ? 100 : Math.floor((100 * done) / total));
  return {
    cancel,
    nodes: [
      el(
        'div',
        { class: 'headline' },
        glyph('running', 28),
        el('div', {}, el('h2', { id: 'verdict', tabindex: '-1' }, 'Checking'), says),
        cancel,
      ),
      bar,
      steps,
    ],
    tell(message: Message) {
      if (message.kind === 'begins') show(message.step);
      if (message.kind !== 'progress') return;
      const { phase, done, total } = message;
      bar.max = Math.max(1, total);
      bar.value = done;
      says.textContent =
        phase === 'files'
          ? `Reading the files: ${percent(done, total)} % of ${number(total)} bytes`
          : `Checking every entry: ${number(done)} of ${number(total)}, ${percent(done, total)} %`;
    },
  };
}

/** What a console that serves this page says of itself; a file on the disk has nobody to say it. */
function consoleWords(): ConsoleWords | null {
  const content = document.querySelector<HTMLMetaElement>('meta[name="cordon-console"]')?.content;
  return content ? (JSON.parse(content) as ConsoleWords) : null;
}
