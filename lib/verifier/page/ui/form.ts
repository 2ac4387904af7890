import type { Brought, Unusable } from '../inputs';
import { byId, el } from './dom';

export interface ConsoleWords {
  /** Host of the console. */
  name: string;
  /** Its log's verifier keys, one a line. */
  vkeys: string;
  /** Of the file that it hands out. */
  sha256: string;
}

export interface Form {
  brought(): Brought;
  busy(busy: boolean): void;
  /** Says at its field what cannot be used; null takes it back. */
  refuse(unusable: Unusable | null): void;
  /** To whoever hears the page. */
  say(words: string): void;
  focus(): void;
}

const FIELDS = ['vkeys', 'origin', 'head', 'policy'] as const;
/** Of a file that is read into a field. The longest of them that is any use is a signed note. */
const MAX_FIELD_BYTES = 131_072;

/** The form of the page's markup: what is checked, and what the auditor brings along. */
export function openForm(words: ConsoleWords | null, on: { check(file: File): void; changed(): void }): Form {
  const form = byId<HTMLFormElement>('form');
  const picker = byId<HTMLInputElement>('file');
  const submit = byId<HTMLButtonElement>('submit');
  const field = (name: (typeof FIELDS)[number]) => byId<HTMLTextAreaElement | HTMLInputElement>(name);

  if (words) fillIn(words, field('vkeys'));
  const refuse: Form['refuse'] = (unusable) => {
    for (const name of ['file', ...FIELDS] as const) {
      const wrong = unusable?.field === name;
      const input = byId(name);
      const error = byId(`${name}-error`);
      error.textContent = wrong ? unusable.says : '';
      if (wrong) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
    }
    if (!unusable) return;
    const input = byId(unusable.field);
    const folded = input.closest('details');
    if (folded) folded.open = true;
    input.focus();
  };
  /** What is checked is what the control shows, and nothing else. */
  const take = () => {
    const file = picker.files?.[0];
    if (file) on.check(file);
    else on.changed();
  };

  picker.addEventListener('change', take);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (picker.files?.length) take();
    else refuse({ field: 'file', says: 'Choose a file first.' });
  });
  for (const name of FIELDS) {
    field(name).addEventListener('input', () => {
      refuse(null);
      on.changed();
    });
  }
  for (const name of ['vkeys', 'head', 'policy'] as const) {
    const from = byId<HTMLInputElement>(`${name}-file`);
    from.addEventListener('change', async () => {
      const chosen = from.files?.[0];
      if (!chosen) return;
      from.value = '';
      const text = chosen.size > MAX_FIELD_BYTES ? null : await chosen.text().catch(() => null);
      if (text === null) return refuse({ field: name, says: 'That file is too long, or cannot be read.' });
      field(name).value = text;
      refuse(null);
      on.changed();
    });
  }
  openDrop((dropped) => {
    on.changed();
    if (dropped.length !== 1) return refuse({ field: 'file', says: 'One file at a time.' });
    picker.files = dropped;
    take();
  });

  return {
    brought: () => Object.fromEntries(FIELDS.map((name) => [name, field(name).value])) as unknown as Brought,
    busy(busy) {
      submit.setAttribute('aria-busy', String(busy));
      submit.textContent = busy ? 'Checking' : 'Check';
    },
    refuse,
    say(said) {
      byId('said').textContent = said;
    },
    focus: () => picker.focus(),
  };
}

/** Anywhere on the page; a file that is dropped beside it would be opened in its place. */
function openDrop(take: (files: FileList) => void): void {
  const mark = (over: boolean) => document.documentElement.toggleAttribute('data-dropping', over);
  addEventListener('dragover', (event) => {
    event.preventDefault();
    mark(true);
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) mark(false);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer?.files.length) take(event.dataTransfer.files);
  });
}

function fillIn({ name, vkeys, sha256 }: ConsoleWords, field: HTMLTextAreaElement | HTMLInputElement): void {
  field.value = vkeys.trim();
  const hint = byId('vkeys-hint');
  hint.replaceChildren(
    vkeys.trim() === ''
      ? `${name} could not say its key now. `
      : `Filled in by ${name}: this console says that it is the key of its logs. `,
    'Compare it with one that you got another way.',
  );
  const link = el('a', { href: '/verify/verify.html', class: 'link', download: 'verify.html' }, 'Download this page');
  byId('keep').replaceChildren(link, ' to use it without network. SHA-256 of the file: ', el('code', {}, sha256));
}
