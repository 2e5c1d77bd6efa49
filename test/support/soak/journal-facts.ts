import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from '@photostructure/sqlite';

/** A line of a journal, as the file holds it. */
export interface JournalLine {
  readonly seq: number;
  readonly kind: string;
  readonly candleMs: number | null;
  readonly body: Readonly<Record<string, unknown>>;
  /** By the clock of the process that wrote it. */
  readonly recordedAtMs: number;
}

/** What an `order` line says. */
export interface OrderFact {
  readonly clientOrderId: string;
  readonly decisionId: string;
  readonly side: 'buy' | 'sell';
  readonly quantityBase: string;
  readonly referencePrice: string;
  /** Of one that rests at the exchange. */
  readonly stopPrice?: string;
}

/** What a `fill` line says. */
export interface FillFact {
  readonly fillId: string;
  readonly clientOrderId: string;
  readonly side: 'buy' | 'sell';
  readonly quantityBase: string;
  readonly price: string;
  readonly fee: string;
  readonly feeCurrency: 'quote' | 'base';
  readonly feesElsewhere?: readonly {readonly currency: string; readonly amount: string}[];
}

/** What a `report` line says. */
export interface ReportFact {
  readonly clientOrderId: string;
  readonly status: string;
  readonly filledBase: string;
}

interface Row {
  readonly seq: number;
  readonly kind: string;
  readonly candle_ms: number | null;
  readonly body: string;
  readonly timing: string | null;
  readonly recorded_at_ms: number;
  readonly link: string;
}

const FINAL: ReadonlySet<string> = new Set(['filled', 'canceled', 'rejected', 'expired']);

/** A journal read by its documented format alone, with no code of what wrote it. */
export class JournalFacts {
  readonly lines: readonly JournalLine[];
  /** The first line that its chain of hashes contradicts. */
  readonly brokenAt: number | undefined;

  /** @param directory a state directory; without a journal there are no lines */
  constructor(directory: string) {
    const rows = readRows(join(directory, 'journal.sqlite'));
    let link = '';
    this.brokenAt = rows.find((row) => {
      const {kind, candle_ms, body, timing, recorded_at_ms} = row;
      const text = JSON.stringify([link, kind, candle_ms, body, timing, recorded_at_ms]);
      link = createHash('sha256').update(text).digest('hex');
      return link !== row.link;
    })?.seq;
    this.lines = rows.map(({seq, kind, candle_ms, body, recorded_at_ms}) => ({
      ...{seq, kind, candleMs: candle_ms, recordedAtMs: recorded_at_ms},
      body: JSON.parse(body) as Record<string, unknown>,
    }));
  }

  get orders(): readonly OrderFact[] {
    return this.#bodies('order') as unknown as OrderFact[];
  }

  get fills(): readonly FillFact[] {
    return this.#bodies('fill') as unknown as FillFact[];
  }

  get reports(): readonly ReportFact[] {
    return this.#bodies('report') as unknown as ReportFact[];
  }

  get decisions(): number {
    return this.#bodies('step').length;
  }

  /** Orders of which no line says that they are over. */
  get openOrders(): readonly OrderFact[] {
    const over = new Set(
      this.reports.filter(({status}) => FINAL.has(status)).map(({clientOrderId}) => clientOrderId),
    );
    return this.orders.filter(({clientOrderId}) => !over.has(clientOrderId));
  }

  #bodies(kind: string): JournalLine['body'][] {
    return this.lines.filter((line) => line.kind === kind).map(({body}) => body);
  }
}

function readRows(path: string): Row[] {
  if (!existsSync(path)) return [];
  // For writing, since what a killed process left in the log beside the file has to be read as well.
  // Whoever writes it may be opening or closing it at this moment.
  const database = new DatabaseSync(path, {timeout: 5000});
  try {
    const isBegun =
      database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'entries'").get() !== undefined;
    if (!isBegun) return [];
    return database.prepare('SELECT * FROM entries ORDER BY seq').all() as Row[];
  } finally {
    database.close();
  }
}
