/** The documents of the API, as far as the page reads them. */

export interface SessionDocument {
  readonly version: string;
  readonly canAct: boolean;
  readonly readOnly: boolean;
}

export interface LiveRun {
  readonly runId: string;
  readonly pipeline: string;
  readonly status: string;
  readonly reason: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly steps: readonly {
    readonly step: string;
    readonly tasks: number;
    readonly ended: number;
    readonly counts: Readonly<Record<string, number>>;
    readonly rows: number;
  }[];
  readonly responses: number;
  readonly expected: number;
  readonly responsesPerMinute: number;
  readonly rows: number;
  readonly remainingSeconds: number | null;
  readonly waitsFor: string | null;
}

export interface NowDocument {
  readonly at: string;
  readonly health: { readonly status: string; readonly sentence: string; readonly reasons: readonly string[] };
  readonly collector: {
    readonly alive: boolean;
    readonly pid: number;
    readonly host: string;
    readonly startedAt: string;
  } | null;
  readonly running: readonly LiveRun[];
  readonly due: readonly {
    readonly name: string;
    readonly file: string;
    readonly zone: string | null;
    readonly next: readonly string[];
  }[];
  readonly alerts: readonly {
    readonly pipeline: string;
    readonly rule: string;
    readonly severity: string;
    readonly subject: string;
    readonly message: string;
    readonly startedAt: string;
  }[];
  readonly risks: readonly { readonly subject: string; readonly text: string; readonly action: string }[];
  readonly openBreakers: readonly {
    readonly provider: string;
    readonly symbol: string | null;
    readonly until: string;
  }[];
  readonly isEmpty: boolean;
}

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

export interface PipelinesDocument {
  readonly pipelines: readonly (
    | {
        readonly ok: true;
        readonly name: string;
        readonly file: string;
        readonly description: string | null;
        readonly symbols: number;
        readonly firstSymbols: readonly string[];
        readonly steps: readonly PipelineStep[];
      }
    | { readonly ok: false; readonly file: string; readonly error: string }
  )[];
}

export interface PipelineStep {
  readonly name: string;
  readonly uses: string;
  readonly provider: string;
  readonly needs: readonly string[];
}

export interface CoverageDocument {
  readonly dataset: string;
  readonly variant: string | null;
  readonly variants: readonly { readonly variant: string; readonly series: number }[];
  readonly sessions: readonly string[];
  readonly rows: {
    readonly names: readonly string[];
    readonly providers: readonly string[];
    readonly patterns: readonly number[];
  };
  readonly patterns: readonly string[];
  readonly legend: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly moreRows: number;
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

export interface RunDocument {
  readonly runId: string;
  readonly pipeline: { readonly name: string; readonly file: string };
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly requests: number;
  readonly rows: number;
  readonly durationMs: number | null;
  readonly reason: string | null;
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

export interface TimelineDocument extends RunDocument {
  readonly tasks: readonly {
    readonly task: string;
    readonly step: string;
    readonly symbol: string | null;
    readonly startedAt: string;
    readonly endedAt: string | null;
    readonly status: string;
    readonly requests: number;
    readonly rows: number;
    readonly reason: string | null;
  }[];
  readonly moreTasks: number;
  readonly log: readonly { readonly at: string; readonly level: string; readonly text: string }[];
  readonly moreLogLines: number;
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

export interface BarsDocument {
  readonly symbol: string;
  readonly provider: string;
  readonly barSize: string;
  readonly barSizes: readonly string[];
  readonly timeZone: string | null;
  readonly truncated: boolean;
  readonly bars: readonly {
    readonly ts: string;
    readonly session: string;
    readonly open: number | null;
    readonly high: number | null;
    readonly low: number | null;
    readonly close: number | null;
    readonly volume: number | null;
  }[];
  readonly gaps: readonly { readonly session: string; readonly state: string }[];
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

export interface SymbolsDocument {
  readonly symbols: readonly { readonly symbol: string; readonly tables: readonly string[] }[];
}

export interface TableDocument {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly truncated: boolean;
}

export interface SourcesDocument {
  readonly at: string;
  readonly sources: readonly {
    readonly provider: string;
    readonly pipelines: readonly string[];
    readonly state: string;
    readonly lastAnswerAt: string | null;
    readonly lastFailure: { readonly at: string; readonly message: string } | null;
    readonly answers: number;
    readonly failures: number;
    readonly breakers: readonly {
      readonly symbol: string | null;
      readonly until: string;
      readonly cause?: string;
      readonly pipeline: string;
    }[];
    readonly budgets: readonly {
      readonly budget: string;
      readonly limit: number;
      readonly left: number;
      readonly spanSeconds: number | null;
    }[];
    readonly strip: { readonly stepSeconds: number; readonly requests: readonly number[] };
    readonly canDiagnose: boolean;
  }[];
}

export interface DoctorDocument {
  readonly providers: readonly {
    readonly provider: string;
    readonly checks: readonly {
      readonly name: string;
      readonly status: string;
      readonly message: string;
      readonly hint: string;
    }[];
  }[];
}
