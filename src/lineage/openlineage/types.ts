/** The used part of the OpenLineage event model; see https://openlineage.io/spec/2-0-2/OpenLineage.json. */
export interface OpenLineageEvent {
  readonly eventTime: string;
  readonly eventType: 'START' | 'COMPLETE' | 'ABORT' | 'FAIL' | 'OTHER';
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: OpenLineageRun;
  readonly job: OpenLineageJob;
  readonly inputs: readonly OpenLineageInput[];
  readonly outputs: readonly OpenLineageOutput[];
}

export interface OpenLineageRun {
  readonly runId: string;
  readonly facets: Facets;
}

export interface OpenLineageJob {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
}

export interface OpenLineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
}

export interface OpenLineageInput extends OpenLineageDataset {
  readonly inputFacets: Facets;
}

export interface OpenLineageOutput extends OpenLineageDataset {
  readonly outputFacets: Facets;
}

/** A facet with its producer and its published schema. */
export interface Facet {
  readonly _producer: string;
  readonly _schemaURL: string;
  readonly [field: string]: unknown;
}

export type Facets = Readonly<Record<string, Facet>>;
