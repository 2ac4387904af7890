/**
 * Prometheus text exposition format 0.0.4, the little of it an edge needs: counters with closed label sets, and gauges
 * read when asked.
 */
export class Counter {
  readonly #values = new Map<string, { labels: readonly string[]; value: number }>();

  constructor(
    readonly name: string,
    readonly help: string,
    readonly labelNames: readonly string[] = [],
  ) {}

  add(labels: readonly string[] = [], by = 1): void {
    const key = labels.join('\0');
    const entry = this.#values.get(key);
    if (entry) entry.value += by;
    else this.#values.set(key, { labels, value: by });
  }

  value(labels: readonly string[] = []): number {
    return this.#values.get(labels.join('\0'))?.value ?? 0;
  }

  render(): string {
    const lines = [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} counter`];
    for (const { labels, value } of this.#values.values()) {
      const pairs = this.labelNames.map((name, i) => `${name}="${escapeLabel(labels[i] ?? '')}"`).join(',');
      lines.push(`${this.name}${pairs === '' ? '' : `{${pairs}}`} ${value}`);
    }
    return lines.join('\n');
  }
}

export interface Gauge {
  name: string;
  help: string;
  value: number;
}

export function renderMetrics(counters: readonly Counter[], gauges: readonly Gauge[]): string {
  const rendered = [
    ...counters.map((counter) => counter.render()),
    ...gauges.map(
      (gauge) => `# HELP ${gauge.name} ${gauge.help}\n# TYPE ${gauge.name} gauge\n${gauge.name} ${gauge.value}`,
    ),
  ];
  return `${rendered.join('\n')}\n`;
}

const escapeLabel = (value: string): string => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
