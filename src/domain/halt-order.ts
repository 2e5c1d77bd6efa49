/** The kill switch's command: nothing is opened while it stands. */
export interface HaltOrder {
  /** In the words of whoever gave it. */
  readonly reason: string;
  /** True: what is held is closed as well. */
  readonly flatten: boolean;
  /** When it was given, ms, UTC; with it, the same words given again are another command. */
  readonly requestedAtMs: number;
}

/** Where a strategy learns whether it may open: it asks before each decision. */
export interface HaltSource {
  /** The command that stands by now; undefined: trade. */
  readonly command: HaltOrder | undefined;
}
