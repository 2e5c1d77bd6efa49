import {Decimal} from '../../../src/domain/decimal.js';
import {KrakenOrders} from './kraken-orders.js';
import type {MarketHistory} from './market-history.js';
import {SpotAccount} from './spot-account.js';
import {FILTERS, Refusal, SpotOrders} from './spot-orders.js';
import type {Venue, VenueAnswer, VenueRequest} from './venue.js';

const NEWEST = 720;

/** As much of Kraken's API as ccxt needs for BTC/USD, which trades at 100 unless said otherwise. It gives its newest 720 candles alone, whatever is asked for. */
export class KrakenVenue implements Venue {
  readonly signed: KrakenOrders;
  /** At which BTC/USD trades. */
  price = '100';
  readonly #history: MarketHistory;

  constructor(history: MarketHistory) {
    this.#history = history;
    const market = {filters: FILTERS, priceAt: () => new Decimal(this.price)};
    const orders = new SpotOrders(new SpotAccount({USD: '10000', BTC: '0'}), new Map([['BTC/USD', market]]));
    orders.behaviour.feeIn = 'quote';
    this.signed = new KrakenOrders(orders);
  }

  answer(request: VenueRequest, nowMs: number): VenueAnswer {
    const {path, query} = request;
    this.signed.orders.tick(nowMs);
    if (this.signed.serves(request)) {
      try {
        return ok(this.signed.answer(request, nowMs));
      } catch (error) {
        if (error instanceof Refusal) return {status: 200, body: {error: [error.message]}};
        throw error;
      }
    }
    switch (path) {
      case '/0/public/Time':
        return ok({unixtime: Math.floor(nowMs / 1000), rfc1123: new Date(nowMs).toUTCString()});
      case '/0/public/Assets':
        return ok({
          XXBT: {aclass: 'currency', altname: 'XBT', decimals: 10, display_decimals: 5, status: 'enabled'},
          ZUSD: {aclass: 'currency', altname: 'USD', decimals: 4, display_decimals: 2, status: 'enabled'},
        });
      case '/0/public/AssetPairs':
        return ok({XXBTZUSD: PAIR});
      case '/0/public/OHLC':
        return ok(this.#ohlc(query, nowMs));
      default:
        return {status: 404, body: {error: [`EGeneral:Unknown method ${path}`]}};
    }
  }

  /** `since` is exclusive; the last row is still open. */
  #ohlc(query: URLSearchParams, nowMs: number): unknown {
    const stepMs = Number(query.get('interval') ?? 1) * 60_000;
    const openFromMs = Math.floor(nowMs / stepMs) * stepMs;
    const sinceMs = Number(query.get('since') ?? 0) * 1000;
    const fromMs = Math.max(sinceMs + 1, openFromMs - (NEWEST - 1) * stepMs);
    const rows = this.#history
      .klines({fromMs, toMs: openFromMs, stepMs, limit: NEWEST})
      .map(({openTimeMs, open, high, low, close, volume}) => [
        ...[openTimeMs / 1000, open, high, low, close, close, volume, 10],
      ]);
    return {XXBTZUSD: rows, last: (openFromMs - stepMs) / 1000};
  }
}

const PAIR = {
  ...{altname: 'XBTUSD', wsname: 'XBT/USD', aclass_base: 'currency', base: 'XXBT', aclass_quote: 'currency'},
  ...{quote: 'ZUSD', lot: 'unit', cost_decimals: 5, pair_decimals: 1, lot_decimals: 8, lot_multiplier: 1},
  ...{leverage_buy: [], leverage_sell: [], fees: [[0, 0.26]], fees_maker: [[0, 0.16]]},
  ...{fee_volume_currency: 'ZUSD', margin_call: 80, margin_stop: 40, ordermin: '0.0001', costmin: '0.5'},
  ...{tick_size: '0.1', status: 'online'},
};

function ok(result: unknown): VenueAnswer {
  return {status: 200, body: {error: [], result}};
}
