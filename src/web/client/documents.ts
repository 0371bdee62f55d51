/** The documents of the commands, as far as the page reads them. */

export interface StatusDocument {
  readonly tables: readonly {
    readonly dataset: string;
    readonly version: number | null;
    readonly rows: number;
    readonly bytes: number;
    readonly files: number;
    readonly series: number;
    readonly open: Readonly<Record<string, number>>;
    readonly span: { readonly start: string; readonly end: string } | null;
  }[];
}

export interface PlanDocument {
  readonly pipeline: { readonly name: string; readonly file: string };
  readonly requests: number;
  readonly windows: number;
  readonly estimatedRequests: number;
  readonly estimatedSeconds: number;
  readonly budgets: readonly Readonly<Record<string, unknown>>[];
  readonly notes: readonly unknown[];
  readonly lacking: readonly { readonly kind: string; readonly isAccepted: boolean }[];
  readonly tasks: readonly PlanTask[];
  readonly moreTasks?: number;
  readonly accountNotes: readonly string[];
}

export interface PlanTask {
  readonly id: string;
  readonly step: string;
  readonly symbol: string | null;
  readonly dataset: string | null;
  readonly status: string;
  readonly requests: number;
  readonly estimatedRequests?: number;
  readonly windows: readonly (readonly string[])[];
  readonly reason: string;
}

export interface ReportDocument {
  readonly runId: string;
  readonly status: string;
  readonly reason: string | null;
  readonly durationSeconds: number;
  readonly requests: number;
  readonly rows: number;
  readonly retries: number;
  readonly steps: readonly {
    readonly step: string;
    readonly provider: string | null;
    readonly tasks: Readonly<Record<string, number>>;
    readonly requests: number;
    readonly rows: number;
    readonly durationSeconds: number | null;
  }[];
  readonly outcomes: readonly { readonly outcome: string; readonly count: number }[];
  readonly problems: {
    readonly first: readonly {
      readonly status: string;
      readonly reason: string;
      readonly hint: string | null;
      readonly tasks: number;
      readonly symbols: { readonly first: readonly string[]; readonly more: number };
    }[];
    readonly more: number;
  };
}

export interface LineageWindow {
  readonly start: string;
  readonly end: string;
  readonly state: string;
  readonly rows: number;
  readonly runId: string;
  readonly requestId: string;
  readonly provider: string;
  readonly requestedAt: string;
  readonly committedAt: string;
  readonly version: number;
  readonly step: string;
  readonly pipeline: { readonly name: string };
  readonly upstream: readonly string[];
  readonly reason?: string;
  readonly sent?: readonly Readonly<Record<string, unknown>>[] | null;
}

export interface LineageDocument {
  readonly symbol: string;
  readonly datasets: readonly {
    readonly dataset: string;
    readonly series: string;
    readonly provider: string;
    readonly windows: readonly LineageWindow[];
  }[];
  readonly upstream: readonly {
    readonly requestId: string;
    readonly dataset: string;
    readonly provider: string;
    readonly requestedAt: string;
  }[];
}

export interface WhyRequest {
  readonly requestId: string;
  readonly runId: string;
  readonly provider: string;
  readonly requestedAt: string;
  readonly state: string;
  readonly reason: string | null;
}

export interface WhyDocument {
  readonly column: string | null;
  readonly timeZone: string;
  readonly value: unknown;
  readonly at: string | null;
  readonly rows: number;
  readonly row: Readonly<Record<string, unknown>> | null;
  readonly computed: boolean;
  readonly request: WhyRequest | null;
  readonly inputs: readonly { readonly requestId: string }[];
  readonly replaced: readonly (WhyRequest & { readonly value: unknown; readonly isValueKnown: boolean })[];
  readonly missing: {
    readonly reason: string;
    readonly wanted: boolean;
    readonly command: string | null;
    readonly requests: number | null;
    readonly estimatedRequests: number | null;
    readonly estimatedSeconds: number | null;
    readonly obstacle: string | null;
  } | null;
}

export interface ChainOption {
  readonly ts: string;
  readonly expiry: string;
  readonly strike: number;
  readonly right: string;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly volume: number | null;
  readonly iv: number | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  readonly open_interest: number | null;
  readonly iv_reason: string | null;
}

export interface ChainDocument {
  readonly symbol: string;
  readonly provider: string;
  readonly at: string;
  readonly timeZone: string | null;
  readonly currency: string | null;
  readonly isPriced: boolean;
  readonly spot: number | null;
  readonly options: readonly ChainOption[];
  readonly allExpiries: readonly { readonly expiry: string; readonly isStale: boolean }[];
}

export interface IvDocument {
  readonly symbol: string;
  readonly termDays: number | null;
  readonly days: readonly { readonly date: string; readonly iv: number }[];
  readonly quartiles: Readonly<Record<'low' | 'p25' | 'p50' | 'p75' | 'high', number>>;
  readonly ivRank: number | null;
  readonly ivPercentile: number | null;
  readonly ivDays: number;
}

export interface OverviewsDocument {
  readonly rows: readonly {
    readonly session: string;
    readonly pcr_oi: number | null;
    readonly pcr_volume: number | null;
    readonly atm_iv: number | null;
    readonly total_call_oi: number | null;
    readonly total_put_oi: number | null;
    readonly vix: number | null;
    readonly trend: string | null;
    readonly spot_price: number | null;
  }[];
}
