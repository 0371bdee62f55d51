import { formatIndianTime } from '../india-time.js';
import type { Login } from './logins.js';

/** Owner of the simulated account. */
const userProfile = {
  user_type: 'individual',
  email: 'trader@example.com',
  user_name: 'Simulated Trader',
  user_shortname: 'Simulated',
  broker: 'ZERODHA',
  exchanges: ['NSE', 'NFO', 'BFO', 'CDS', 'BSE', 'MCX', 'BCD', 'MF'],
  products: ['CNC', 'NRML', 'MIS', 'BO', 'CO'],
  order_types: ['MARKET', 'LIMIT', 'SL', 'SL-M'],
  avatar_url: null,
  user_id: 'SIM001',
} as const;

const profileMeta = { demat_consent: 'physical' } as const;

/** Response of a login. */
export function createSessionData(apiKey: string, { accessToken, publicToken, enctoken, loggedInAt }: Login): object {
  return {
    ...userProfile,
    api_key: apiKey,
    access_token: accessToken,
    public_token: publicToken,
    enctoken,
    refresh_token: '',
    silo: '',
    login_time: formatIndianTime(loggedInAt),
    meta: profileMeta,
  };
}

/** Response of `/user/profile`. */
export const profileData: object = { ...userProfile, meta: profileMeta };

/** Response of `/user/profile/full`, with its numbers masked as Kite masks them. */
export const fullProfileData: object = {
  ...userProfile,
  twofa_type: 'totp',
  phone: '*0000',
  bank_accounts: [{ name: 'SIMULATED BANK', branch: '', account: '*0000' }],
  dp_ids: ['0000000000000000'],
  pan: '*000S',
  tags: [],
  password_timestamp: '2026-01-01 09:00:00',
  twofa_timestamp: '2026-01-01 09:00:00',
  meta: { poa: 'physical', silo: '', account_blocks: [] },
};

const cashBalance = 1_000_000;

const segmentMargin = {
  enabled: true,
  net: cashBalance,
  available: {
    adhoc_margin: 0,
    cash: cashBalance,
    opening_balance: cashBalance,
    live_balance: cashBalance,
    collateral: 0,
    intraday_payin: 0,
  },
  utilised: {
    debits: 0,
    exposure: 0,
    m2m_realised: 0,
    m2m_unrealised: 0,
    option_premium: 0,
    payout: 0,
    span: 0,
    holding_sales: 0,
    turnover: 0,
    liquid_collateral: 0,
    stock_collateral: 0,
    delivery: 0,
  },
} as const;

/** Response of `/user/margins`; the simulator takes no orders, so the funds never change. */
export const marginsData: Readonly<Record<'equity' | 'commodity', object>> = {
  equity: segmentMargin,
  commodity: segmentMargin,
};
