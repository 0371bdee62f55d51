import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import { escapeLine } from '../../platform/text/escape.js';
import type { RequestId } from '../../core/request.js';
import type { Dataset } from '../../core/tables/tables.js';
import { pluralize } from '../../platform/format.js';
import type { LineageResult, LineageSeries } from './query-lineage.js';
import { groupBy } from '../../platform/group-by.js';
import { countSeriesRows, formatRowCount } from './coalesced-windows.js';

const maxRequestsShown = 40;

/** Renders the lineage of a symbol as a Mermaid flowchart: of requests if they are few, of tables otherwise. */
export function renderLineageMermaid(result: LineageResult): string {
  const { nodes, edges } = buildFlow(result);
  const names = new Map([...nodes.keys()].map((key, index) => [key, `n${String(index)}`]));
  const lines = [...nodes].map(([key, { label, shape }]) => {
    const text = `"${label.map(escapeLabel).join('<br>')}"`;
    return `  ${names.get(key) ?? ''}${shape === 'provider' ? `([${text}])` : shape === 'table' ? `[(${text})]` : `[${text}]`}`;
  });
  for (const [key, requests] of edges) {
    const [from = '', to = ''] = key.split('\n');
    const label = requests > 1 ? `|${String(requests)}|` : '';
    lines.push(`  ${names.get(from) ?? ''} -->${label} ${names.get(to) ?? ''}`);
  }
  return `${['flowchart LR', ...lines].join('\n')}\n`;
}

interface LineageFlow {
  readonly nodes: Map<string, { readonly label: readonly string[]; readonly shape: 'provider' | 'request' | 'table' }>;
  /** The number of requests per edge. */
  readonly edges: Map<string, number>;
}

/** A request of current windows, or upstream of one. */
interface RequestNode {
  readonly id: RequestId;
  readonly series: string;
  readonly dataset: Dataset;
  readonly provider: string;
  readonly requestedAt: number;
  readonly upstream: readonly RequestId[];
}

function collectRequestNodes(result: LineageResult): ReadonlyMap<RequestId, RequestNode> {
  const requests = new Map<RequestId, RequestNode>();
  for (const request of result.upstream) requests.set(request.requestId, { id: request.requestId, ...request });
  for (const series of result.datasets) {
    for (const window of series.windows) {
      const { requestId: id, provider, requestedAt, upstream } = window;
      requests.set(id, { id, series: series.series, dataset: series.dataset, provider, requestedAt, upstream });
    }
  }
  return requests;
}

function buildFlow(result: LineageResult): LineageFlow {
  const requests = collectRequestNodes(result);
  const isPerRequest = requests.size <= maxRequestsShown;
  const flow: LineageFlow = { nodes: new Map(), edges: new Map() };
  const nodeKey = ({ id, dataset }: RequestNode): string => (isPerRequest ? `request ${id}` : `dataset ${dataset}`);
  const seriesByDataset = groupBy(result.datasets, ({ dataset }) => dataset);
  const requestsByTime = [...requests.values()].sort((a, b) => a.requestedAt - b.requestedAt);

  for (const request of requestsByTime) {
    const source = `provider ${request.provider}`;
    flow.nodes.set(source, { label: [request.provider], shape: 'provider' });
    const key = nodeKey(request);
    if (!flow.nodes.has(key)) {
      const label = isPerRequest
        ? [request.series, `sent ${formatTimeSeconds(request.requestedAt)}`, request.id]
        : formatDatasetLabel(request.dataset, seriesByDataset.get(request.dataset) ?? []);
      flow.nodes.set(key, { label, shape: isPerRequest ? 'request' : 'table' });
    }
    countEdge(flow.edges, source, key);
  }
  for (const request of requestsByTime) {
    for (const id of request.upstream) {
      const from = requests.get(id);
      if (from !== undefined && nodeKey(from) !== nodeKey(request))
        countEdge(flow.edges, nodeKey(from), nodeKey(request));
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

/** Escapes with `#`, which Mermaid uses where HTML has `&`. */
function escapeLabel(text: string): string {
  return escapeLine(text).replace(/[&"<>#`\\]/g, (character) => `#${String(character.codePointAt(0) ?? 0)};`);
}
