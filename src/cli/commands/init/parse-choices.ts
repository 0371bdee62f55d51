import { CliError } from '../../../app/cli-error.js';
import { exitCode } from '../../../app/exit-code.js';
import { explainSymbol } from '../../../config/pipeline/symbols/explain-symbol.js';
import { suggestProvider } from '../../../config/pipeline/provider-aliases.js';
import { templateNames, templateProviders } from '../../../config/pipeline/template/choices.js';
import type {
  Gateway,
  TemplateName,
  TemplateProvider,
  TemplateSchedule,
} from '../../../config/pipeline/template/choices.js';
import { parseTemplateSchedule } from '../../../config/pipeline/template/schedule.js';
import { joinList } from '../../../platform/format.js';
import { closestMatch } from '../../../platform/suggest.js';
import type { ReadAnswer } from './ask.js';

export function parseProvider(text: string): TemplateProvider {
  const found = templateProviders.find((provider) => provider === text);
  if (found !== undefined) return found;
  throw createNameError('--provider', text, 'a provider', templateProviders, suggestProvider(text, templateProviders));
}

export function parseTemplate(text: string): TemplateName {
  const found = templateNames.find((template) => template === text);
  if (found !== undefined) return found;
  throw createNameError('--template', text, 'a template', templateNames, closestMatch(text, templateNames));
}

function createNameError(
  option: string,
  text: string,
  what: string,
  names: readonly string[],
  suggestion: string | null,
): CliError {
  return new CliError(
    exitCode.usage,
    `${option} ${text} is not ${what}`,
    suggestion === null ? `use ${joinList(names, 'or')}` : `did you mean ${suggestion}?`,
  );
}

/** Reads symbols that are separated by commas; each once. */
export const readSymbols: ReadAnswer<readonly string[]> = (text) => {
  const symbols = [...new Set(text.split(',').map((symbol) => symbol.trim()))].filter((symbol) => symbol !== '');
  if (symbols.length === 0) return { problem: 'names no symbol: separate symbols by commas, such as SPY,QQQ' };
  for (const symbol of symbols) {
    const explanation = explainSymbol(symbol);
    if (explanation !== null) return { problem: explanation.message };
  }
  return { value: symbols };
};

/** Reads when a pipeline runs. */
export const readSchedule: ReadAnswer<TemplateSchedule> = (text) => {
  const schedule = parseTemplateSchedule(text);
  return schedule === null
    ? { problem: `${text} is neither an interval such as 5m, nor a time such as 18:30, nor none` }
    : { value: schedule };
};

/** Reads the address of TWS or IB Gateway. */
export const readGateway: ReadAnswer<Gateway> = (text) => {
  const [, host = '', digits = ''] = /^(?:([A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  return port < 1 || port > 65_535
    ? { problem: `${text} is not an address: write host and port, such as 127.0.0.1:7497` }
    : { value: { host: host === '' ? '127.0.0.1' : host, port } };
};

/** Applies a reader to the value of an option; a wrong value ends the command. */
export function readOption<T>(option: string, text: string | undefined, read: ReadAnswer<T>): T | null {
  if (text === undefined) return null;
  const answer = read(text);
  if ('value' in answer) return answer.value;
  throw new CliError(exitCode.usage, `${option}: ${answer.problem}`);
}
