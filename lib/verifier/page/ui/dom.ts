import { partsOf } from '../foreign';

/**
 * Nodes of the page. Text is only ever set as text: there is no way from a string to markup here, and none may be added. What a pack says goes
 * through `foreign`.
 */
export type Child = Node | string | null | false;

interface Attributes {
  class?: string;
  [name: string]: string | boolean | undefined;
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, '');
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== false));
  return node;
}

/** Text of somebody else: in mono, apart from its surroundings, with what hides made visible. */
export function foreign(text: string): HTMLElement {
  const parts = partsOf(text).map((part) =>
    'text' in part ? part.text : el('span', { class: 'unseen' }, part.hidden),
  );
  return el('bdi', { class: 'foreign' }, ...(parts.length > 0 ? parts : [el('span', { class: 'unseen' }, 'empty')]));
}

const SVG = 'http://www.w3.org/2000/svg';
const RING = 'M1.6 6a4.4 4.4 0 1 0 8.8 0a4.4 4.4 0 1 0 -8.8 0';
/** The shapes of the design system's status glyphs that are needed here: a ring and what is in it. */
const SHAPES = {
  planned: [RING],
  running: [RING],
  holds: [RING, 'm4 6.2 1.5 1.5L8.2 4.8'],
  open: ['M9.4 3.2A4.4 4.4 0 1 0 9.4 8.8'],
  failed: ['m2.6 2.6 6.8 6.8M9.4 2.6 2.6 9.4'],
  none: ['M3.5 6h5'],
} as const;
export type Glyph = keyof typeof SHAPES;

export function glyph(shape: Glyph, size = 12): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = {
    class: `glyph ${shape}`,
    width: size,
    height: size,
    viewBox: '0 0 12 12',
    'aria-hidden': 'true',
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value));
  for (const d of SHAPES[shape]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** An element of the page's own markup. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const node = document.getElementById(id);
  if (!node) throw new Error(`#${id}`);
  return node as T;
}
