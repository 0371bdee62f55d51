/** The documents that the API alone has; the other ones are those of the commands. It imports nothing, so that the page reads the same types. */

export interface SessionDocument {
  readonly version: string;
  readonly canAct: boolean;
  readonly readOnly: boolean;
}

/** A run in progress, or one that ended while a page was open, with its progress from its record. */
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
  /** Null before the plan is known and after the end. */
  readonly remainingSeconds: number | null;
  /** What the run waits for, from its last events; null if nothing. */
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
  /** The locks of the lake with their holders. */
  readonly locks: readonly (Readonly<Record<string, unknown>> & { readonly since: string })[];
  readonly openBreakers: readonly {
    readonly provider: string;
    readonly symbol: string | null;
    readonly until: string;
  }[];
  readonly isEmpty: boolean;
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
    readonly hint: string | null;
  }[];
  readonly moreTasks: number;
  readonly log: readonly { readonly at: string; readonly level: string; readonly text: string }[];
  readonly moreLogLines: number;
}

export interface BarsDocument {
  readonly symbol: string;
  readonly provider: string;
  readonly barSize: string;
  readonly priceType: string;
  readonly hours: string;
  readonly barSizes: readonly string[];
  readonly timeZone: string | null;
  /** The currency of the prices; null if no contract names it. */
  readonly currency: string | null;
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
    /** What the state is based on, as the collector reports it. */
    readonly evidence: readonly unknown[];
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
