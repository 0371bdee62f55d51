import { defaultChoices, templateNames, templateSummaries } from '../../../config/pipeline/template/choices.js';
import type { TemplateChoices } from '../../../config/pipeline/template/choices.js';
import { getDefaultSchedule } from '../../../config/pipeline/template/schedule.js';
import { getDefaultSymbols } from '../../../config/pipeline/template/symbols.js';
import { getTemplateMarket } from '../../../config/pipeline/template/render-template.js';
import type { Questions } from './ask.js';
import { readGateway, readSchedule, readSymbols } from './parse-choices.js';

const providers = [
  { value: 'mock', text: 'an embedded market: no account, no network' },
  { value: 'ib', text: 'Interactive Brokers, through TWS or IB Gateway' },
  { value: 'kite', text: 'Zerodha Kite' },
] as const;

/** Asks for what no option has said. */
export async function askChoices(given: Partial<TemplateChoices>, questions: Questions): Promise<TemplateChoices> {
  const provider = given.provider ?? (await questions.choose('Source of the data', providers, 'mock'));
  const templates = templateNames.map((value) => ({ value, text: templateSummaries[value] }));
  const template = given.template ?? (await questions.choose('What to collect', templates, 'basic'));
  const symbols =
    given.symbols ?? (await questions.ask('Symbols', getDefaultSymbols(template, provider).join(','), readSymbols));
  const when = getDefaultSchedule(template, getTemplateMarket({ template, provider }));
  const schedule =
    given.schedule ??
    (await questions.ask('When: 5m (during market hours), 18:30 (Monday to Friday) or none', when, readSchedule));
  const gateway =
    provider !== 'ib'
      ? defaultChoices.gateway
      : (given.gateway ?? (await questions.ask('Address of TWS or IB Gateway', '127.0.0.1:7497', readGateway)));
  return { provider, template, symbols, schedule, gateway };
}
