/** The only source of time outside `exchange`, `session`, `config` and `cli`. */
export interface Clock {
  /** ms since the epoch, UTC. */
  nowMs(): number;
}
