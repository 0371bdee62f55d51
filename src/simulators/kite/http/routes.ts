import type { KiteRequest } from '../../../config/scenario/capabilities.js';
import type { QuoteDetail } from '../market-data/quotes.js';
import type { RateClass } from './rate-limiter.js';

/** The resource that a path and a method identify. */
export type Route =
  | { readonly kind: 'login-page' }
  | { readonly kind: 'login' }
  | { readonly kind: 'begin-session' }
  | { readonly kind: 'end-session' }
  | { readonly kind: 'refresh-session' }
  | { readonly kind: 'profile'; readonly isFull: boolean }
  | { readonly kind: 'margins'; readonly segment: string | null }
  | { readonly kind: 'instruments'; readonly exchange: string | null }
  | { readonly kind: 'quote'; readonly detail: QuoteDetail }
  | { readonly kind: 'historical'; readonly token: string; readonly interval: string }
  /** Lists of the trading API; they are always empty. */
  | { readonly kind: 'nothing'; readonly data: unknown }
  /** An order, trigger or plan of an account that has none. */
  | { readonly kind: 'not-found'; readonly field: string }
  | { readonly kind: 'no-funds' }
  | { readonly kind: 'no-orders' };

type RouteFactory = (parts: readonly string[]) => Route;

/** Methods of one order or trigger: it does not exist, and none can be changed. */
function triggerMethods(field: string): Readonly<Record<string, RouteFactory>> {
  const reject: RouteFactory = () => ({ kind: 'no-orders' });
  return { GET: () => ({ kind: 'not-found', field }), PUT: reject, DELETE: reject };
}

/** Paths with their methods; `:` stands for one path segment. */
const routeTable: readonly (readonly [path: string, methods: Readonly<Record<string, RouteFactory>>])[] = [
  ['connect/login', { GET: () => ({ kind: 'login-page' }), POST: () => ({ kind: 'login' }) }],
  ['session/token', { POST: () => ({ kind: 'begin-session' }), DELETE: () => ({ kind: 'end-session' }) }],
  ['session/refresh_token', { POST: () => ({ kind: 'refresh-session' }) }],
  ['user/profile', { GET: () => ({ kind: 'profile', isFull: false }) }],
  ['user/profile/full', { GET: () => ({ kind: 'profile', isFull: true }) }],
  ['user/margins', { GET: () => ({ kind: 'margins', segment: null }) }],
  ['user/margins/:', { GET: ([segment = '']) => ({ kind: 'margins', segment }) }],
  ['instruments', { GET: () => ({ kind: 'instruments', exchange: null }) }],
  ['instruments/:', { GET: ([exchange = '']) => ({ kind: 'instruments', exchange }) }],
  ['instruments/historical/:/:', { GET: ([token = '', interval = '']) => ({ kind: 'historical', token, interval }) }],
  ['quote', { GET: () => ({ kind: 'quote', detail: 'quote' }) }],
  ['quote/ohlc', { GET: () => ({ kind: 'quote', detail: 'ohlc' }) }],
  ['quote/ltp', { GET: () => ({ kind: 'quote', detail: 'ltp' }) }],
  ['portfolio/holdings', { GET: () => ({ kind: 'nothing', data: [] }) }],
  ['portfolio/holdings/auctions', { GET: () => ({ kind: 'nothing', data: [] }) }],
  [
    'portfolio/positions',
    { GET: () => ({ kind: 'nothing', data: { net: [], day: [] } }), PUT: () => ({ kind: 'no-orders' }) },
  ],
  ['portfolio/holdings/:', { GET: () => ({ kind: 'nothing', data: [] }) }],
  ['orders', { GET: () => ({ kind: 'nothing', data: [] }) }],
  ['orders/:', { GET: () => ({ kind: 'not-found', field: 'order_id' }), POST: () => ({ kind: 'no-orders' }) }],
  ['orders/:/trades', { GET: () => ({ kind: 'not-found', field: 'order_id' }) }],
  ['trades', { GET: () => ({ kind: 'nothing', data: [] }) }],
  ['alerts', { GET: () => ({ kind: 'nothing', data: [] }), POST: () => ({ kind: 'no-orders' }) }],
  ['alerts/:', triggerMethods('uuid')],
  ['gtt/triggers/:', triggerMethods('trigger_id')],
  ['gtt/triggers', { GET: () => ({ kind: 'nothing', data: [] }), POST: () => ({ kind: 'no-orders' }) }],
  ['mf/orders', { GET: () => ({ kind: 'nothing', data: [] }), POST: () => ({ kind: 'no-orders' }) }],
  ['mf/sips', { GET: () => ({ kind: 'nothing', data: [] }), POST: () => ({ kind: 'no-orders' }) }],
  ['mf/orders/:', triggerMethods('order_id')],
  ['mf/sips/:', triggerMethods('sip_id')],
  ['mf/allotments', { GET: () => ({ kind: 'nothing', data: [] }) }],
  ['mf/holdings/:', { GET: () => ({ kind: 'nothing', data: [] }) }],
  ['mf/holdings', { GET: () => ({ kind: 'nothing', data: [] }) }],
  ['mf/instruments', { GET: () => ({ kind: 'no-funds' }) }],
];

/** Every path below these belongs to trading. */
const orderPathPrefixes: readonly string[] = ['orders', 'margins', 'charges', 'gtt', 'alerts', 'mf'];

/** Finds the route of a request; `wrong-method` if the path exists with other methods only. */
export function matchRoute(method: string, pathname: string): Route | 'unknown' | 'wrong-method' {
  const parts = pathname.split('/').filter((part) => part !== '');
  for (const [path, methods] of routeTable) {
    const values = matchPath(path.split('/'), parts);
    if (values === null) continue;
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
    return handler === undefined ? 'wrong-method' : handler(values);
  }
  if (!orderPathPrefixes.includes(parts[0] ?? '')) return 'unknown';
  return ['GET', 'POST', 'PUT', 'DELETE'].includes(method) ? { kind: 'no-orders' } : 'wrong-method';
}

function matchPath(pattern: readonly string[], parts: readonly string[]): readonly string[] | null {
  if (pattern.length !== parts.length) return null;
  const values: string[] = [];
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (expected === ':') values.push(part);
    else if (expected !== part) return null;
  }
  return values;
}

/** Returns the request name that scenarios use; null for routes that scenarios cannot match. */
export function classifyRoute(route: Route): KiteRequest | null {
  switch (route.kind) {
    case 'begin-session':
    case 'end-session':
    case 'refresh-session':
      return 'session';
    case 'profile':
    case 'margins':
    case 'instruments':
    case 'historical':
      return route.kind;
    case 'quote':
      return route.detail;
    case 'login-page':
    case 'login':
    case 'nothing':
    case 'not-found':
    case 'no-funds':
    case 'no-orders':
      return null;
  }
}

/** Returns the rate limit that a route counts against. */
export function getRateClass(route: Route): RateClass {
  if (route.kind === 'quote' || route.kind === 'historical') return route.kind;
  return route.kind === 'no-orders' ? 'orders' : 'other';
}

/** Whether a route requires a login. `if-given`: works without a login, but rejects an invalid one. */
export function getLoginRule(route: Route): 'yes' | 'no' | 'if-given' {
  switch (route.kind) {
    case 'login-page':
    case 'login':
    case 'begin-session':
    case 'end-session':
    case 'refresh-session':
      return 'no';
    case 'instruments':
    case 'no-funds':
      return 'if-given';
    case 'profile':
    case 'margins':
    case 'quote':
    case 'historical':
    case 'nothing':
    case 'not-found':
    case 'no-orders':
      return 'yes';
  }
}
