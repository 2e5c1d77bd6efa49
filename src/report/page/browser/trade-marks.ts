import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
} from 'lightweight-charts';
import type {Palette} from './theme.js';

/** A round trip as the chart draws it. */
export interface TradeMark {
  readonly side: 'long' | 'short';
  /** Candles of the entry and of the exit, by their place. */
  readonly entry: number;
  readonly exit: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly won: boolean;
}

/** Pixels that a round trip takes at least, to be drawn at its prices. */
const CROWDED = 8;
/** Pixels. */
const RUG = 10;

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

/** Round trips on the candles: a triangle where it was entered, a square where it was left, a line between them in the colour of what
 *  came of it. The library's own markers stand beside candles; these stand at the price. */
export class TradeMarks implements ISeriesPrimitive {
  readonly #marks: readonly TradeMark[];
  #palette: Palette;
  #chosen = -1;
  #chart: IChartApi | undefined;
  #series: ISeriesApi<'Candlestick'> | undefined;
  #requestUpdate: () => void = () => undefined;
  readonly #views: readonly IPrimitivePaneView[];

  constructor(marks: readonly TradeMark[], palette: Palette) {
    this.#marks = marks;
    this.#palette = palette;
    const renderer = {
      draw: (target: Target): void => {
        this.#draw(target);
      },
    };
    this.#views = [{zOrder: () => 'top', renderer: () => renderer}];
  }

  attached({chart, series, requestUpdate}: SeriesAttachedParameter): void {
    this.#chart = chart;
    this.#series = series as ISeriesApi<'Candlestick'>;
    this.#requestUpdate = requestUpdate;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  set palette(palette: Palette) {
    this.#palette = palette;
    this.#requestUpdate();
  }

  /** The one that stands out; -1: none. */
  set chosen(index: number) {
    this.#chosen = index;
    this.#requestUpdate();
  }

  #draw(target: Target): void {
    const [chart, series] = [this.#chart, this.#series];
    const visible = chart?.timeScale().getVisibleLogicalRange();
    if (chart === undefined || series === undefined || visible === null || visible === undefined) return;
    const {barSpacing} = chart.timeScale().options();
    const size = Math.min(6, Math.max(3.5, barSpacing * 0.6));
    target.useMediaCoordinateSpace(({context, mediaSize}) => {
      const shown = this.#marks.filter(({entry, exit}) => exit >= visible.from && entry <= visible.to);
      if (shown.length > mediaSize.width / CROWDED) {
        this.#drawRug(context, shown, mediaSize.height);
        return;
      }
      context.lineJoin = 'round';
      for (const mark of shown) this.#drawMark(context, mark, size);
    });
  }

  /** Too many to tell apart at their prices: a line each along the bottom. */
  #drawRug(context: CanvasRenderingContext2D, shown: readonly TradeMark[], height: number): void {
    for (const {entry, won} of shown) {
      const x = this.#chart!.timeScale().logicalToCoordinate(entry as Logical);
      if (x === null) continue;
      context.fillStyle = won ? this.#palette.gain : this.#palette.loss;
      context.fillRect(x, height - RUG, 1, RUG);
    }
  }

  #drawMark(context: CanvasRenderingContext2D, mark: TradeMark, size: number): void {
    const entry = this.#point(mark.entry, mark.entryPrice);
    const exit = this.#point(mark.exit, mark.exitPrice);
    if (entry === undefined || exit === undefined) return;
    const isChosen = mark === this.#marks[this.#chosen];
    const colour = mark.won ? this.#palette.gain : this.#palette.loss;
    context.strokeStyle = colour;
    context.lineWidth = isChosen ? 3 : 1.5;
    context.beginPath();
    context.moveTo(...entry);
    context.lineTo(...exit);
    context.stroke();
    const drawn = isChosen ? size + 2 : size;
    context.lineWidth = 1;
    context.strokeStyle = this.#palette.paper;
    context.fillStyle = this.#palette.strategy;
    triangle(context, entry, mark.side === 'long' ? drawn : -drawn);
    context.fillStyle = colour;
    context.beginPath();
    context.rect(exit[0] - drawn * 0.7, exit[1] - drawn * 0.7, drawn * 1.4, drawn * 1.4);
    context.fill();
    if (size > 3) context.stroke();
  }

  #point(index: number, price: number): [x: number, y: number] | undefined {
    const x = this.#chart!.timeScale().logicalToCoordinate(index as Logical);
    const y = this.#series!.priceToCoordinate(price);
    return x === null || y === null ? undefined : [x, y];
  }
}

/** Points up, or down where the size is below 0. */
function triangle(context: CanvasRenderingContext2D, [x, y]: [number, number], size: number): void {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x - size, y + size);
  context.lineTo(x + size, y + size);
  context.closePath();
  context.fill();
  if (Math.abs(size) > 3) context.stroke();
}
