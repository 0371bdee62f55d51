import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { Alert } from './alert-state.js';

/** Creates a filter for alerts whose subject the pipeline still has: a removed symbol has no stale chain. */
export function createSubjectFilter({
  symbols,
  steps,
  sinks,
  quality,
  name,
}: Pick<Pipeline, 'symbols' | 'steps' | 'sinks' | 'quality' | 'name'>): (alert: Alert) => boolean {
  const symbolNames = new Set(symbols.map(({ instrument }) => instrument.symbol));
  const sinkNames = new Set(sinks.map((sink) => sink.name));
  const stepNames = new Set(steps.map((step) => step.name));
  const providerNames = new Set<string>(steps.map(({ provider }) => provider));
  const isKnownProvider = (provider: string | undefined): boolean =>
    provider !== undefined && providerNames.has(provider);
  return ({ rule, subject }) => {
    switch (rule.on) {
      case 'prerequisite_violation':
      case 'missing_equity_data':
      case 'corporate_action':
      case 'data_revised':
      case 'task_failed': {
        const slash = subject.indexOf('/');
        const hasSymbol = slash >= 0 && slash < subject.length - 1;
        // A step that runs once for all symbols has a task without a symbol.
        return !hasSymbol || (stepNames.has(subject.slice(0, slash)) && symbolNames.has(subject.slice(slash + 1)));
      }
      case 'stale_option_chains':
        return symbolNames.has(subject);
      case 'api_circuit_breaker_open': {
        const [provider, symbol] = subject.split(/\/(.*)/s);
        return isKnownProvider(provider) && (symbol === undefined || symbolNames.has(symbol));
      }
      case 'error_rate':
        return isKnownProvider(subject);
      case 'data_integrity_failure':
        return true;
      case 'quality_violation':
        return quality.some((checked) => subject === `${checked.dataset}/${checked.name}`);
      case 'run_at_risk':
        return true;
      case 'sink_failed':
        return sinkNames.has(subject);
      case 'run_failed':
      case 'run_missed':
        return subject === name;
    }
  };
}

/** Returns whether the subject is a table, as runs report corruption; checks report `<table>/<rule>`. */
export function isTableSubject(subject: string): boolean {
  return !subject.includes('/');
}
