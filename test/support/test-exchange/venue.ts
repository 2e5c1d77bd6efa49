/** A request as a venue sees it. */
export interface VenueRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as it was sent: what a signature was made over. */
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface VenueAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The exchange behind the server: it knows what it is asked, and nothing of sockets and faults. */
export interface Venue {
  /** By the venue's own clock, ms. */
  answer(request: VenueRequest, nowMs: number): VenueAnswer;
}
