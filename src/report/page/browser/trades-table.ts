import {moment, money, price} from '../../../domain/amount-text.js';
import {duration, signedMoney, signedPercent} from '../number-text.js';
import type {PageData, TradeData} from '../page-data.js';
import {sortedOrder} from '../sorted-order.js';

interface Column {
  readonly name: string;
  readonly value: (trade: TradeData, index: number) => number | string;
  readonly text: (trade: TradeData, index: number) => string;
  /** Words stand left, numbers right. */
  readonly isText?: true;
  readonly isGain?: true;
}

/** Rows that are shown at once: a browser is slow with tables of many thousand. */
const PAGE = 25;

/** The round trips of a view, in the order of any column; a row leads to its candle. */
export class TradesTable {
  readonly #table: HTMLTableElement;
  readonly #more: HTMLButtonElement;
  readonly #onChosen: (index: number) => void;
  #trades: readonly TradeData[] = [];
  #columns: readonly Column[] = [];
  #sorted = 0;
  #descending = false;
  #shown = PAGE;

  constructor(table: HTMLTableElement, more: HTMLButtonElement, onChosen: (index: number) => void) {
    this.#table = table;
    this.#more = more;
    this.#onChosen = onChosen;
    more.addEventListener('click', () => {
      this.#shown = Infinity;
      this.#fillRows();
    });
    addEventListener('beforeprint', () => {
      this.#shown = Infinity;
      this.#fillRows();
    });
  }

  /** @param canJump whether a candle is there to be led to */
  show(data: PageData, trades: readonly TradeData[], canJump: boolean): void {
    this.#trades = trades;
    this.#columns = columnsFor(data, new Set(trades.map(([symbol]) => symbol)).size > 1);
    this.#sorted = 0;
    this.#descending = false;
    this.#shown = PAGE;
    this.#table.dataset['jump'] = String(canJump);
    this.#fillHead();
    this.#fillRows();
  }

  #sortBy(column: number): void {
    this.#descending = column === this.#sorted && !this.#descending;
    this.#sorted = column;
    this.#markSorted();
    this.#fillRows();
  }

  #fillHead(): void {
    const row = document.createElement('tr');
    this.#columns.forEach(({name, isText}, i) => {
      const head = document.createElement('th');
      head.scope = 'col';
      if (isText === true) head.className = 'text';
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = name;
      button.addEventListener('click', () => {
        this.#sortBy(i);
      });
      head.append(button);
      row.append(head);
    });
    this.#table.tHead!.replaceChildren(row);
    this.#markSorted();
  }

  #markSorted(): void {
    [...this.#table.tHead!.rows[0]!.cells].forEach((head, i) => {
      if (i === this.#sorted) head.setAttribute('aria-sort', this.#descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
  }

  #fillRows(): void {
    const {value} = this.#columns[this.#sorted]!;
    const order = sortedOrder(this.#trades.map(value), this.#descending);
    this.#table.tBodies[0]!.replaceChildren(...order.slice(0, this.#shown).map((index) => this.#row(index)));
    this.#more.hidden = order.length <= this.#shown;
    this.#more.textContent = `Show all ${String(order.length)}`;
  }

  #row(index: number): HTMLTableRowElement {
    const trade = this.#trades[index]!;
    const row = document.createElement('tr');
    this.#columns.forEach(({text, isText, isGain}, i) => {
      const cell = document.createElement(i === 0 ? 'th' : 'td');
      const shown = text(trade, index);
      if (i === 0) cell.append(this.#jump(index, shown));
      else cell.textContent = shown;
      if (isText === true) cell.className = 'text';
      if (isGain === true) cell.className = trade[8] > 0 ? 'gain' : trade[8] < 0 ? 'loss' : '';
      row.append(cell);
    });
    return row;
  }

  #jump(index: number, text: string): HTMLElement | string {
    if (this.#table.dataset['jump'] !== 'true') return text;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jump';
    button.textContent = text;
    button.title = 'Show it on the candles';
    button.addEventListener('click', () => {
      this.#onChosen(index);
    });
    return button;
  }
}

function columnsFor({symbols, quote, timeframeMs}: PageData, isMixed: boolean): Column[] {
  const symbol: Column = {
    name: 'Symbol',
    value: ([index]) => symbols[index]!,
    text: ([index]) => symbols[index]!,
    isText: true,
  };
  return [
    {name: 'No.', value: (_, index) => index, text: (_, index) => String(index + 1)},
    ...(isMixed ? [symbol] : []),
    {name: 'Side', value: (trade) => trade[1], text: (trade) => trade[1], isText: true},
    {name: 'Opened, UTC', value: (trade) => trade[2], text: (trade) => moment(trade[2], timeframeMs)},
    {name: 'Closed, UTC', value: (trade) => trade[3], text: (trade) => moment(trade[3], timeframeMs)},
    {name: 'Held', value: (trade) => trade[3] - trade[2], text: (trade) => duration(trade[3] - trade[2])},
    {name: 'Quantity', value: (trade) => trade[4], text: (trade) => String(trade[4])},
    {name: 'Entry', value: (trade) => trade[5], text: (trade) => price(trade[5])},
    {name: 'Exit', value: (trade) => trade[6], text: (trade) => price(trade[6])},
    {name: 'Fees', value: (trade) => trade[7], text: (trade) => money(String(trade[7]))},
    {
      name: `Profit, ${quote}`,
      value: (trade) => trade[8],
      text: (trade) => signedMoney(trade[8]),
      isGain: true,
    },
    {name: 'Return', value: (trade) => trade[9], text: (trade) => signedPercent(trade[9]), isGain: true},
    {name: 'Entered by', value: (trade) => trade[10], text: (trade) => trade[10], isText: true},
    {name: 'Left by', value: (trade) => trade[11], text: (trade) => trade[11], isText: true},
  ];
}
