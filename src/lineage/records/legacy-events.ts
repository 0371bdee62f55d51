import { isString } from '../../platform/json.js';
import type { JsonObject } from '../../platform/json.js';

/** Event types as version 0.1.0 wrote them. */
const renamedTypes: Readonly<Record<string, string>> = {
  recovered: 'spool-recovered',
  'damage-found': 'corruption-detected',
  'budget-waited': 'rate-limited',
  'request-answered': 'request-completed',
  replaced: 'table-replaced',
  warned: 'warning',
};

/** Properties as version 0.1.0 wrote them; every event that had one of them has it under the new name. */
const renamedProperties: Readonly<Record<string, string>> = {
  deliveries: 'results',
  estimated: 'estimatedMs',
  inherited: 'carriedOver',
  origins: 'columnLineage',
  own: 'customSteps',
  refused: 'hasDeniedWindows',
  remedy: 'hint',
  took: 'durationMs',
  waited: 'waitedMs',
};

/** Values of `status`, `outcome` and `failure` as version 0.1.0 wrote them. */
const renamedValues: Readonly<Record<string, string>> = {
  interrupted: 'cancelled',
  lost: 'unavailable',
  satisfied: 'up-to-date',
};

/** Maps an event of version 0.1.0 to today's names; returns an event of today unchanged. */
export function upgradeEvent(event: JsonObject): JsonObject {
  const upgraded: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(event)) upgraded[renamedProperties[name] ?? name] = value;
  for (const name of ['status', 'outcome', 'failure']) {
    const value = upgraded[name];
    if (isString(value)) upgraded[name] = renamedValues[value] ?? value;
  }
  const { type } = event;
  if (isString(type)) upgraded['type'] = renamedTypes[type] ?? type;
  if (upgraded['type'] === 'task-finished') upgradeAbsences(upgraded);
  if (upgraded['type'] === 'breaker-changed') upgraded['carriedOver'] ??= false;
  // An empty symbol stood for a step that runs once for all symbols.
  if (upgraded['symbol'] === '') upgraded['symbol'] = null;
  return upgraded;
}

/** Earlier versions recorded only that some windows were denied, not how many. */
function upgradeAbsences(event: Record<string, unknown>): void {
  const { hasDeniedWindows } = event;
  event['absences'] ??= hasDeniedWindows === true ? [{ kind: 'denied', windows: 1, isAccepted: false }] : [];
  delete event['hasDeniedWindows'];
}

/** Maps a `run.json` of version 0.1.0 to today's names; returns one of today unchanged. */
export function upgradeSummary({ took, status, ...summary }: JsonObject): JsonObject {
  return {
    ...(took === undefined ? {} : { durationMs: took }),
    ...summary,
    status: isString(status) ? (renamedValues[status] ?? status) : status,
  };
}
