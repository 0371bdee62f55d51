import { formatInstant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { Facet } from './types.js';

/** The published schema of each facet, with its version. */
const schemas = {
  nominalTime: '1-0-1/NominalTimeRunFacet.json#/$defs/NominalTimeRunFacet',
  errorMessage: '1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet',
  processing_engine: '1-1-1/ProcessingEngineRunFacet.json#/$defs/ProcessingEngineRunFacet',
  parent: '1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet',
  jobDependencies: '1-0-1/JobDependenciesRunFacet.json#/$defs/JobDependenciesRunFacet',
  executionParameters: '1-0-0/ExecutionParametersRunFacet.json#/$defs/ExecutionParametersRunFacet',
  jobType: '2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet',
  jobDocumentation: '1-1-0/DocumentationJobFacet.json#/$defs/DocumentationJobFacet',
  sql: '1-1-0/SQLJobFacet.json#/$defs/SQLJobFacet',
  datasetDocumentation: '1-1-0/DocumentationDatasetFacet.json#/$defs/DocumentationDatasetFacet',
  schema: '1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet',
  storage: '1-0-1/StorageDatasetFacet.json#/$defs/StorageDatasetFacet',
  dataSource: '1-0-1/DatasourceDatasetFacet.json#/$defs/DatasourceDatasetFacet',
  version: '1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet',
  columnLineage: '1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
  dataQualityAssertions: '1-1-0/DataQualityAssertionsDatasetFacet.json#/$defs/DataQualityAssertionsDatasetFacet',
  outputStatistics: '1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet',
  inputSubset: '1-0-0/BaseSubsetDatasetFacet.json#/$defs/InputSubsetInputDatasetFacet',
  outputSubset: '1-0-0/BaseSubsetDatasetFacet.json#/$defs/OutputSubsetOutputDatasetFacet',
} as const;

/** Creates a facet that follows a published schema. */
export type FacetFactory = (schema: keyof typeof schemas, fields: Readonly<Record<string, unknown>>) => Facet;

/** Identifies this version of the program as the producer. */
export function producerUrn(version: string): string {
  return `urn:pipe:runner:${version}`;
}

export function createFacetFactory(producer: string): FacetFactory {
  return (schema, fields) => ({
    _producer: producer,
    _schemaURL: `https://openlineage.io/spec/facets/${schemas[schema]}`,
    ...fields,
  });
}

/** The condition that selects the rows of a window. */
export function toWindowCondition(window: Window): Readonly<Record<string, unknown>> {
  const compare = (comparison: string, value: string): Readonly<Record<string, unknown>> => ({
    type: 'compare',
    left: { type: 'field', field: 'ts' },
    right: { type: 'literal', value },
    comparison,
  });
  return {
    type: 'binary',
    left: compare('GREATER_EQUAL_THAN', formatInstant(window.start)),
    right: compare('LESS_THAN', formatInstant(window.end)),
    operator: 'AND',
  };
}
