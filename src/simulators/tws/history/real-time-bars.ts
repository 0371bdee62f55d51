import { second } from '../../../core/time.js';
import type { Looked } from '../contracts/book.js';
import type { Course } from '../course.js';
import { deliver } from '../delivery.js';
import { usualText } from '../error-texts.js';
import type { Gateway } from '../gateway.js';
import { every, whenDue } from '../waiting.js';
import type { WireOut } from '../wire-out.js';
import { realTimeBar } from '../wire/messages.js';
import type { TwsRequest } from '../wire/requests.js';
import { wholeBars } from './bar-rows.js';
import { errorOf, theOne } from './service.js';
import { parseWhat } from './sizes.js';

type RealTimeRequest = Extract<TwsRequest, { kind: 'real-time-bars' }>;

/** The length of a real-time bar; there is no other. */
const barLength = 5 * second;

/** A market that runs fast makes many bars in five seconds; so many are sent at once. */
const mostAtOnce = 100;

/** Sends one client a bar of five seconds after the other. */
export interface RealTimeBarService {
  answer(request: RealTimeRequest, looked: Looked, course: Course): void;
  cancel(id: number): void;
  drop(): void;
}

export function realTimeBarService(gateway: Gateway, out: WireOut): RealTimeBarService {
  const { parts, outages } = gateway;
  const { clock, market } = parts;
  const lines = new Map<number, AbortController>();

  function finish(id: number): boolean {
    const line = lines.get(id);
    if (line === undefined) return false;
    lines.delete(id);
    line.abort();
    gateway.lines.giveBack();
    return true;
  }

  function isTooFast(request: RealTimeRequest): boolean {
    if (parts.pacing === 'off') return false;
    const { conId, exchange, ...description } = request.contract;
    const broken = gateway.pacing.arrive({
      at: clock.now(),
      identity: JSON.stringify({ ...request, id: 0 }),
      group: JSON.stringify([conId > 0 ? conId : description, exchange, 'real-time']),
      weight: 1,
    });
    for (const rule of broken) gateway.tally.violation(rule);
    return broken.length > 0;
  }

  return {
    answer(request, looked, course) {
      const { id } = request;
      const refuse = (code: number, message: string): void => {
        finish(id);
        out.refuse(id, code, message, 'real-time-bars');
      };
      if (lines.has(id)) {
        out.refuse(id, 322, usualText(322, ''), 'real-time-bars');
        return;
      }
      if (isTooFast(request)) {
        out.refuse(id, 420, usualText(420, ''), 'real-time-bars');
        return;
      }
      if (!gateway.lines.take()) {
        gateway.tally.violation('lines');
        out.refuse(id, 101, usualText(101, ''), 'real-time-bars');
        return;
      }
      const line = new AbortController();
      lines.set(id, line);
      whenDue({ clock, outages, signal: line.signal }, course.delay, 'market', () => {
        const { deed } = course;
        if (deed.kind === 'error') {
          const { code, message } = errorOf(deed, '');
          refuse(code, message);
          return;
        }
        const meant = deed.kind === 'unknown' || deed.kind === 'expired' ? theOne({ kind: 'none' }) : theOne(looked);
        const wanted = parseWhat(request.what);
        if (meant.kind === 'error') {
          refuse(meant.code, meant.message);
          return;
        }
        if (wanted.kind !== 'market') {
          refuse(321, `Error validating request.-'bE' : cause - Incorrect what to show '${request.what}'`);
          return;
        }
        if (deed.kind !== 'answer') {
          deliver(out, deed, []);
          return;
        }
        let from = parts.marketTime();
        from -= from % barLength;
        every(clock, barLength, line.signal, () => {
          if (outages.isDown('market') || out.isBehind()) return;
          const now = parts.marketTime();
          const window = { start: Math.max(from, now - mostAtOnce * barLength), end: now };
          const asked = { contract: meant.contract, barSize: '5 secs', what: wanted.what, window, now } as const;
          for (const row of wholeBars(market, asked)) {
            from = row.start + barLength;
            out.send([realTimeBar(id, Math.floor(row.start / second), row)]);
          }
        });
      });
    },
    cancel(id) {
      if (!finish(id)) out.refuse(id, 300, `Can't find EId with tickerId:${id}`, null);
    },
    drop() {
      for (const id of [...lines.keys()]) finish(id);
    },
  };
}
