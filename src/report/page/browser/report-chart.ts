import {
  BaselineSeries,
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  LineSeries,
  LineStyle,
  TickMarkType,
  createChart,
  createTextWatermark,
} from 'lightweight-charts';
import type {
  BaselineSeriesPartialOptions,
  AutoscaleInfo,
  DeepPartial,
  IChartApi,
  ISeriesApi,
  ITextWatermarkPluginApi,
  LineSeriesPartialOptions,
  Time,
  TimeChartOptions,
} from 'lightweight-charts';
import {count, moment, money, percent, price} from '../../../domain/amount-text.js';
import type {PageData, TradeData, ViewData} from '../page-data.js';
import {NONE, probability} from '../number-text.js';
import {candleAt, candlesticks, decodeCandles, decodeCurve, line} from './chart-series.js';
import type {Candles, Curve} from './chart-series.js';
import {SeenShade} from './seen-shade.js';
import {palette} from './theme.js';
import type {Palette} from './theme.js';
import {TradeMarks} from './trade-marks.js';

/** What the crosshair, or the end of the chart, points to. */
export type Reading = readonly (readonly [label: string, value: string])[];

/** How high panes are, beside each other. */
const HEIGHTS = {candles: 5, forecast: 2, equity: 3, drawdown: 2} as const;
const DAY_S = 86_400;

/** Candles with round trips, forecast, equity and drawdown of one view, above each other on one axis of time: one chart of several panes,
 *  so that zoom and crosshair are the same in all. */
export class ReportChart {
  readonly #chart: IChartApi;
  readonly #candles: Candles | undefined;
  readonly #curve: Curve;
  readonly #data: PageData;
  readonly #recolour: ((colours: Palette) => void)[] = [];
  readonly #marks: TradeMarks | undefined;
  #panes = 0;

  constructor(container: HTMLElement, data: PageData, view: ViewData, onReading: (reading: Reading) => void) {
    this.#data = data;
    this.#candles = view.candles === null ? undefined : decodeCandles(view.candles, data.stepMs);
    this.#curve = decodeCurve(view.curve, data.stepMs, view.startingCashQuote);
    this.#chart = createChart(container, {
      autoSize: true,
      // Its notice stands at the foot of the page. Later would be too late: the logo brings a style sheet, which the page forbids.
      layout: {attributionLogo: false},
      crosshair: {mode: CrosshairMode.Normal},
      // A finger that moves up or down scrolls the page.
      handleScroll: {vertTouchDrag: false},
      localization: {
        locale: 'en-US',
        timeFormatter: (time: Time) => moment((time as number) * 1000, data.timeframeMs),
      },
      // As narrow as it takes to see all of a long history at once; several candles are drawn as one there.
      timeScale: {
        ...{timeVisible: data.timeframeMs < DAY_S * 1000, secondsVisible: data.timeframeMs < 60_000},
        ...{minBarSpacing: 0.001, enableConflation: true, fixLeftEdge: true, fixRightEdge: true},
        tickMarkFormatter: tickText,
      },
    });
    this.#onColours((colours) => {
      this.#chart.applyOptions(chartColours(colours));
    });
    if (this.#candles !== undefined) this.#marks = this.#addCandles(this.#candles, view.trades);
    if (this.#candles !== undefined) this.#addForecast(this.#candles);
    this.#addEquity();
    this.#addDrawdown();
    this.#shadeSeen(view.heldOutFromMs);
    this.recolour();
    this.#chart.timeScale().fitContent();
    const last = this.times.length - 1;
    this.#chart.subscribeCrosshairMove(({logical}) => {
      onReading(this.#reading(logical === undefined ? last : Math.min(last, Math.max(0, logical))));
    });
    onReading(this.#reading(last));
  }

  /** Open times of the candles, ms. */
  get times(): Float64Array {
    return this.#curve.times;
  }

  /** Takes the colours of the page on again. */
  recolour(): void {
    const colours = palette();
    for (const apply of this.#recolour) apply(colours);
  }

  /** Shows so much of the time before the right edge of what is seen; undefined: all of it. */
  showLast(ms: number | undefined): void {
    const scale = this.#chart.timeScale();
    if (ms === undefined) {
      scale.fitContent();
      return;
    }
    const candles = ms / this.#data.timeframeMs;
    const right = Math.min(scale.getVisibleLogicalRange()?.to ?? Infinity, this.times.length - 0.5);
    const to = Math.max(right, Math.min(candles, this.times.length) - 0.5);
    this.#show(to - candles, to);
  }

  /** Shows everything from a moment on. */
  showFrom(timeMs: number): void {
    this.#show(candleAt(this.times, timeMs - 1) + 0.5, this.times.length - 0.5);
  }

  /** Brings a round trip into the middle, with as much around it again.
   *  @param index of the view's trades */
  showTrade(index: number, trade: TradeData): void {
    const [entry, exit] = [candleAt(this.times, trade[2]), candleAt(this.times, trade[3])];
    const around = Math.max(30, exit - entry);
    this.#show(entry - around, exit + around);
    if (this.#marks !== undefined) this.#marks.chosen = index;
  }

  /** Moves by a share of what is seen, and shows so many times as much. */
  move(share: number, zoom: number): void {
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const width = range.to - range.from;
    const centre = range.from + width * (0.5 + share);
    const half = Math.min((width * zoom) / 2, this.times.length / 2);
    this.#show(centre - half, centre + half);
  }

  remove(): void {
    this.#chart.remove();
  }

  #show(from: number, to: number): void {
    const width = to - from;
    const start = Math.min(Math.max(from, -0.5), Math.max(-0.5, this.times.length - 0.5 - width));
    this.#chart.timeScale().setVisibleLogicalRange({
      from: start,
      to: Math.min(start + width, this.times.length - 0.5),
    });
  }

  #onColours(apply: (colours: Palette) => void): void {
    this.#recolour.push(apply);
  }

  #addCandles(candles: Candles, trades: readonly TradeData[]): TradeMarks {
    const series = this.#chart.addSeries(CandlestickSeries, {
      priceFormat: {type: 'custom', formatter: axisPrice, minMove: 1e-8},
      ...{priceLineVisible: false, lastValueVisible: false, borderVisible: false},
    });
    this.#newPane('candles', '', series);
    this.#onColours(({gain, loss}) => {
      series.applyOptions({upColor: gain, downColor: loss, wickUpColor: gain, wickDownColor: loss});
    });
    series.setData(candlesticks(candles));
    const marks = new TradeMarks(
      trades.map(([, side, openedAtMs, closedAtMs, , entryPrice, exitPrice, , pnlQuote]) => ({
        ...{side, entryPrice, exitPrice, won: pnlQuote > 0},
        entry: candleAt(candles.times, openedAtMs),
        exit: candleAt(candles.times, closedAtMs),
      })),
      palette(),
    );
    series.attachPrimitive(marks);
    this.#onColours((colours) => {
      marks.palette = colours;
    });
    return marks;
  }

  #addForecast({times, probabilities}: Candles): void {
    const {threshold} = this.#data;
    const bounds = [1 - threshold, threshold];
    const series = this.#line('forecast', {
      priceFormat: {type: 'custom', formatter: probability, minMove: 0.0001},
      lineWidth: 1,
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => includes(original(), bounds),
    });
    this.#newPane('forecast', 'Probability of a rise, and the thresholds', series);
    const lines = bounds.map((bound) =>
      series.createPriceLine({
        price: bound,
        lineWidth: 1,
        lineStyle: LineStyle.Dashed,
        axisLabelVisible: true,
      }),
    );
    this.#onColours(({quiet, paper}) => {
      for (const one of lines)
        one.applyOptions({color: quiet, axisLabelColor: quiet, axisLabelTextColor: paper});
    });
    series.setData(line(times, probabilities, (value) => value < 0));
  }

  #addEquity(): void {
    const options = {priceFormat: {type: 'custom', formatter: amount, minMove: 0.01}} as const;
    const holding = this.#line('holding', {...options, lineWidth: 1});
    const equity = this.#line('strategy', {...options, lineWidth: 2});
    this.#newPane('equity', `Equity, ${this.#data.quote}, beside holding`, holding, equity);
    holding.setData(line(this.#curve.times, this.#curve.buyAndHold));
    equity.setData(line(this.#curve.times, this.#curve.equity));
  }

  #addDrawdown(): void {
    const options: BaselineSeriesPartialOptions & LineSeriesPartialOptions = {
      priceFormat: {type: 'custom', formatter: percent, minMove: 0.0001},
      lineWidth: 1,
    };
    const holding = this.#line('holding', options);
    const own = this.#chart.addSeries(BaselineSeries, {
      ...options,
      ...{priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false},
      baseValue: {type: 'price', price: 0},
    });
    this.#newPane('drawdown', 'Drawdown, beside holding', holding, own);
    this.#onColours(({strategy}) => {
      const fill = `${strategy}33`;
      own.applyOptions({bottomLineColor: strategy, topLineColor: strategy});
      own.applyOptions({bottomFillColor1: fill, bottomFillColor2: fill});
    });
    own.setData(line(this.#curve.times, this.#curve.drawdown));
    holding.setData(line(this.#curve.times, this.#curve.buyAndHoldDrawdown));
  }

  #shadeSeen(heldOutFromMs: number | null): void {
    if (heldOutFromMs === null) return;
    const end = candleAt(this.times, heldOutFromMs - 1) + 1;
    for (const pane of this.#chart.panes()) {
      const shade = new SeenShade(end, '');
      pane.attachPrimitive(shade);
      this.#onColours((colours) => {
        shade.colour = colours.shade;
      });
    }
  }

  #line(colour: 'strategy' | 'holding' | 'forecast', options: LineSeriesPartialOptions): ISeriesApi<'Line'> {
    const series = this.#chart.addSeries(LineSeries, {
      ...{priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false},
      ...options,
    });
    this.#onColours((colours) => {
      series.applyOptions({color: colours[colour]});
    });
    return series;
  }

  /** Moves series into a pane of their own, with its name in a corner. */
  #newPane(
    name: keyof typeof HEIGHTS,
    title: string,
    ...series: readonly ISeriesApi<'Line' | 'Baseline' | 'Candlestick'>[]
  ): void {
    const index = this.#panes++;
    for (const one of series) one.moveToPane(index);
    const pane = this.#chart.panes()[index]!;
    pane.setStretchFactor(HEIGHTS[name]);
    const written: ITextWatermarkPluginApi<Time> = createTextWatermark(pane, {
      horzAlign: 'left',
      vertAlign: 'top',
      lines: [],
    });
    this.#onColours(({quiet}) => {
      written.applyOptions({lines: [{text: title, color: quiet, fontSize: 12, fontFamily: fontOf()}]});
    });
  }

  #reading(index: number): Reading {
    const i = Math.round(index);
    const {times, equity, buyAndHold, drawdown} = this.#curve;
    const timeMs = times[i];
    if (timeMs === undefined) return [];
    const candles = this.#candles;
    const at = candles === undefined ? -1 : candleAt(candles.times, timeMs);
    const forecast = candles?.probabilities[at] ?? -1;
    return [
      ['', `${moment(timeMs, this.#data.timeframeMs)} UTC`],
      ...(candles === undefined
        ? []
        : ([
            ['O', price(candles.opens[at]!)],
            ['H', price(candles.highs[at]!)],
            ['L', price(candles.lows[at]!)],
            ['C', price(candles.closes[at]!)],
            ['forecast', forecast < 0 ? NONE : probability(forecast)],
          ] as const)),
      ['equity', money(String(equity[i]!))],
      ['holding', money(String(buyAndHold[i]!))],
      ['drawdown', percent(drawdown[i]!)],
    ];
  }
}

function chartColours({text, quiet, rule}: Palette): DeepPartial<TimeChartOptions> {
  return {
    layout: {
      background: {type: ColorType.Solid, color: 'transparent'},
      ...{textColor: text, fontSize: 12, fontFamily: fontOf()},
      panes: {separatorColor: rule, separatorHoverColor: rule},
    },
    grid: {vertLines: {visible: false}, horzLines: {color: rule}},
    crosshair: {
      vertLine: {color: quiet, labelBackgroundColor: quiet},
      horzLine: {color: quiet, labelBackgroundColor: quiet},
    },
    rightPriceScale: {borderColor: rule, entireTextOnly: true},
    timeScale: {borderColor: rule},
  };
}

/** A range that holds certain values as well. */
function includes(info: AutoscaleInfo | null, values: readonly number[]): AutoscaleInfo | null {
  const range = info?.priceRange;
  if (info === null || range === null || range === undefined) return info;
  return {
    ...info,
    priceRange: {
      minValue: Math.min(range.minValue, ...values),
      maxValue: Math.max(range.maxValue, ...values),
    },
  };
}

/** Cents say nothing beside tens of thousands. */
function axisPrice(value: number): string {
  return value >= 10_000 ? count(value) : price(value);
}

/** A moment on the axis of time, as short as it can be told from its neighbours. */
function tickText(time: Time, kind: TickMarkType): string {
  const moment = new Date((time as number) * 1000);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    moment.toLocaleString('en-GB', {...options, timeZone: 'UTC'});
  if (kind === TickMarkType.Year) return part({year: 'numeric'});
  if (kind === TickMarkType.Month) return part({month: 'short'});
  if (kind === TickMarkType.DayOfMonth) return part({day: 'numeric', month: 'short'});
  if (kind === TickMarkType.Time) return part({hour: '2-digit', minute: '2-digit'});
  return part({hour: '2-digit', minute: '2-digit', second: '2-digit'});
}

/** Whole units where there are many of them. */
function amount(value: number): string {
  return Math.abs(value) >= 1000 ? count(value) : money(String(value));
}

function fontOf(): string {
  return getComputedStyle(document.body).fontFamily;
}
