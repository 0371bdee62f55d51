import type { TemplateProvider } from '../../config/pipeline/template/choices.js';

/** What the files of a project depend on. */
export interface ProjectFacts {
  /** The pipeline, relative to the project. */
  readonly file: string;
  readonly provider: TemplateProvider;
  /** The path or URL of the schema, as the editor finds it from the project. */
  readonly schema: string;
  /** The words that start this program in the project. */
  readonly program: readonly string[];
  /** The folder of this package, relative to the project where it is inside. */
  readonly packageFolder: string;
}
