import type { RequestId } from '../core/request.js';
import type { Dataset } from '../core/tables.js';
import { plural } from '../core/words.js';
import type { LineageAnswer, LineageSeries } from './answer.js';
import { grouped } from './grouped.js';
import { rowsOf, rowsText } from './stretches.js';
import { timeText } from './tree.js';

const requestsShown = 40;

/**
 * The lineage of a symbol as a Mermaid flowchart, sources on the left: request by request while they are few, and table by
 * table when they are many.
 */
export function lineageMermaid(answer: LineageAnswer): string {
  const { nodes, edges } = flowOf(answer);
  const names = new Map([...nodes.keys()].map((key, index) => [key, `n${String(index)}`]));
  const lines = [...nodes].map(([key, { label, shape }]) => {
    const text = `"${label.map(escapeLabel).join('<br>')}"`;
    return `  ${names.get(key) ?? ''}${shape === 'source' ? `([${text}])` : shape === 'table' ? `[(${text})]` : `[${text}]`}`;
  });
  for (const [key, requests] of edges) {
    const [from = '', to = ''] = key.split('\n');
    const label = requests > 1 ? `|${String(requests)}|` : '';
    lines.push(`  ${names.get(from) ?? ''} -->${label} ${names.get(to) ?? ''}`);
  }
  return `${['flowchart LR', ...lines].join('\n')}\n`;
}

interface Flow {
  readonly nodes: Map<string, { readonly label: readonly string[]; readonly shape: 'source' | 'request' | 'table' }>;
  /** How many requests each arrow stands for. */
  readonly edges: Map<string, number>;
}

/** A request that owns windows, or led to one that does. */
interface Step {
  readonly id: RequestId;
  readonly series: string;
  readonly dataset: Dataset;
  readonly provider: string;
  readonly requestedAt: number;
  readonly upstream: readonly RequestId[];
}

function stepsOf(answer: LineageAnswer): ReadonlyMap<RequestId, Step> {
  const steps = new Map<RequestId, Step>();
  for (const request of answer.upstream) steps.set(request.requestId, { id: request.requestId, ...request });
  for (const series of answer.datasets) {
    for (const window of series.windows) {
      const { requestId: id, provider, requestedAt, upstream } = window;
      steps.set(id, { id, series: series.series, dataset: series.dataset, provider, requestedAt, upstream });
    }
  }
  return steps;
}

function flowOf(answer: LineageAnswer): Flow {
  const steps = stepsOf(answer);
  const single = steps.size <= requestsShown;
  const flow: Flow = { nodes: new Map(), edges: new Map() };
  const node = (step: Step): string => (single ? `request ${step.id}` : `dataset ${step.dataset}`);
  const held = grouped(answer.datasets, ({ dataset }) => dataset);
  const ordered = [...steps.values()].sort((a, b) => a.requestedAt - b.requestedAt);

  for (const step of ordered) {
    const source = `source ${step.provider}`;
    flow.nodes.set(source, { label: [step.provider], shape: 'source' });
    const key = node(step);
    if (!flow.nodes.has(key)) {
      const label = single
        ? [step.series, `asked ${timeText(step.requestedAt)}`, step.id]
        : datasetLabel(step.dataset, held.get(step.dataset) ?? []);
      flow.nodes.set(key, { label, shape: single ? 'request' : 'table' });
    }
    count(flow.edges, source, key);
  }
  for (const step of ordered) {
    for (const id of step.upstream) {
      const from = steps.get(id);
      if (from !== undefined && node(from) !== node(step)) count(flow.edges, node(from), node(step));
    }
  }
  return flow;
}

function datasetLabel(dataset: Dataset, series: readonly LineageSeries[]): readonly string[] {
  return series.length === 0
    ? [dataset]
    : [dataset, `${plural(series.length, 'series', 'series')}, ${rowsText(rowsOf(series))}`];
}

function count(edges: Map<string, number>, from: string, to: string): void {
  const key = `${from}\n${to}`;
  edges.set(key, (edges.get(key) ?? 0) + 1);
}

/** Mermaid reads entities with `#` where HTML has `&`. */
function escapeLabel(text: string): string {
  return text.replace(/[&"<>#`\\]/g, (character) => `#${String(character.codePointAt(0) ?? 0)};`);
}
