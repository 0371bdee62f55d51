import type { RequestId } from '../../core/request.js';
import type { Dataset } from '../../core/tables/tables.js';
import { pluralize } from '../../platform/format.js';
import type { LineageResult, LineageSeries } from './query-lineage.js';
import { groupBy } from '../../platform/group-by.js';
import { countSeriesRows, formatRowCount } from './coalesced-windows.js';
import { formatTime } from './tree.js';

const maxRequestsShown = 40;

/**
 * The lineage of a symbol as a Mermaid flowchart, sources on the left: request by request while they are few, and table by
 * table when they are many.
 */
export function renderLineageMermaid(result: LineageResult): string {
  const { nodes, edges } = buildFlow(result);
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

interface LineageFlow {
  readonly nodes: Map<string, { readonly label: readonly string[]; readonly shape: 'source' | 'request' | 'table' }>;
  /** How many requests each arrow stands for. */
  readonly edges: Map<string, number>;
}

/** A request that owns windows, or led to one that does. */
interface RequestNode {
  readonly id: RequestId;
  readonly series: string;
  readonly dataset: Dataset;
  readonly provider: string;
  readonly requestedAt: number;
  readonly upstream: readonly RequestId[];
}

function collectRequestNodes(result: LineageResult): ReadonlyMap<RequestId, RequestNode> {
  const steps = new Map<RequestId, RequestNode>();
  for (const request of result.upstream) steps.set(request.requestId, { id: request.requestId, ...request });
  for (const series of result.datasets) {
    for (const window of series.windows) {
      const { requestId: id, provider, requestedAt, upstream } = window;
      steps.set(id, { id, series: series.series, dataset: series.dataset, provider, requestedAt, upstream });
    }
  }
  return steps;
}

function buildFlow(result: LineageResult): LineageFlow {
  const steps = collectRequestNodes(result);
  const isPerRequest = steps.size <= maxRequestsShown;
  const flow: LineageFlow = { nodes: new Map(), edges: new Map() };
  const nodeKey = (step: RequestNode): string => (isPerRequest ? `request ${step.id}` : `dataset ${step.dataset}`);
  const seriesByDataset = groupBy(result.datasets, ({ dataset }) => dataset);
  const requestsByTime = [...steps.values()].sort((a, b) => a.requestedAt - b.requestedAt);

  for (const step of requestsByTime) {
    const source = `source ${step.provider}`;
    flow.nodes.set(source, { label: [step.provider], shape: 'source' });
    const key = nodeKey(step);
    if (!flow.nodes.has(key)) {
      const label = isPerRequest
        ? [step.series, `asked ${formatTime(step.requestedAt)}`, step.id]
        : formatDatasetLabel(step.dataset, seriesByDataset.get(step.dataset) ?? []);
      flow.nodes.set(key, { label, shape: isPerRequest ? 'request' : 'table' });
    }
    countEdge(flow.edges, source, key);
  }
  for (const step of requestsByTime) {
    for (const id of step.upstream) {
      const from = steps.get(id);
      if (from !== undefined && nodeKey(from) !== nodeKey(step)) countEdge(flow.edges, nodeKey(from), nodeKey(step));
    }
  }
  return flow;
}

function formatDatasetLabel(dataset: Dataset, series: readonly LineageSeries[]): readonly string[] {
  return series.length === 0
    ? [dataset]
    : [dataset, `${pluralize(series.length, 'series', 'series')}, ${formatRowCount(countSeriesRows(series))}`];
}

function countEdge(edges: Map<string, number>, from: string, to: string): void {
  const key = `${from}\n${to}`;
  edges.set(key, (edges.get(key) ?? 0) + 1);
}

/** Mermaid reads entities with `#` where HTML has `&`. */
function escapeLabel(text: string): string {
  return text.replace(/[&"<>#`\\]/g, (character) => `#${String(character.codePointAt(0) ?? 0)};`);
}
