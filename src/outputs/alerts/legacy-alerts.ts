import { isRecord } from '../../platform/json.js';
import type { JsonObject } from '../../platform/json.js';

/** Maps a file of alerts as version 0.1.0 wrote it to version 2. */
export function upgradeAlertFile({ judgedSince, alerts }: JsonObject): JsonObject {
  return { v: 2, evaluatedSince: judgedSince, alerts: isRecord(alerts) ? mapValues(alerts, upgradeAlert) : alerts };
}

function upgradeAlert(alert: JsonObject): JsonObject {
  const { rule, subject, words, since, until, heard } = alert;
  const deliveries = isRecord(heard) ? mapValues(heard, upgradeDelivery) : heard;
  return { rule, subject, message: words, startedAt: since, resolvedAt: until, deliveries };
}

function upgradeDelivery({ openAt, over }: JsonObject): JsonObject {
  return { notifiedAt: openAt, resolved: over };
}

function mapValues(object: JsonObject, transform: (value: JsonObject) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, isRecord(value) ? transform(value) : value]),
  );
}
