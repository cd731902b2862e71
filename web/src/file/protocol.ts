// What page and worker tell each other about a file.

/** Settings of the reader, by the names of `ReadOptions`; an absent one is found out by the reader. */
export type Settings = Record<string, string | boolean>;

/** A request; its number comes back with the answer. */
export type ToWorker = { run: number } & (
  | { type: "weights"; bytes: Uint8Array }
  | { type: "read"; bytes: Uint8Array; name: string; settings: Settings }
  | { type: "forecast"; horizon: number }
  | { type: "series"; index: number }
  | { type: "table" }
);

/** What was read. */
export interface About {
  /** Such as `monthly, 1880-01 to 2023-12, 1,728 values, no gaps`. */
  found: string;
  notes: string[];
  target: string;
  /** The number of series in the file, of those that are forecast, and the names of the first of them. */
  series: number;
  forecast: number;
  names: string[];
  /** The number of values of the longest series, and of the newest ones that are used. */
  longest: number;
  used: number;
  /** The proposed horizon. */
  horizon: number;
}

/** The report of a forecast. */
export interface Report {
  horizon: number;
  /** Whether the program would train networks. */
  trains: boolean;
  /** The comparison with the best baseline; begins with `note:` unless the forecast is better. */
  sentence: string;
  notes: string[];
  seasons: number[];
  held_out: number;
  forecasts: number;
  scores: { name: string; smape: number | null; mase: number | null }[];
  composition: { model: string; weight: number }[];
  levels: number[];
  /** The share of values in the intervals of each level; empty if there were too few forecasts. */
  coverage: number[];
}

/** One time step of a forecast, with the lower and upper bound of each level; null without intervals. */
export interface Step {
  ds: string;
  value: number;
  bounds: [number | null, number | null][];
}

/** The last values of a series, and its forecast; null is a missing value. */
export interface Series {
  name: string;
  dates: string[];
  values: (number | null)[];
  forecast: Step[];
}

/** An error of the library in its parts; options of the program stand in `help` as `--name value`, in backticks. */
export interface Refusal {
  message: string;
  place: { line: number; is_row: boolean; column: number | null; name: string | null; cell: string } | null;
  help: string | null;
}

export type ToPage =
  | { type: "ready" }
  | ({ run: number } & (
      | { type: "read"; about: About }
      | { type: "report"; report: Report; milliseconds: number }
      | { type: "series"; series: Series }
      | { type: "table"; csv: Uint8Array }
      | { type: "refused"; refusal: Refusal }
      | { type: "failed"; message: string }
    ));
