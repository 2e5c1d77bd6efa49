import type {
  IChartApi,
  IPanePrimitive,
  IPanePrimitivePaneView,
  IPrimitivePaneRenderer,
  Logical,
  PaneAttachedParameter,
} from 'lightweight-charts';

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

/** Shades the candles that the model may have been trained on: what it gained there proves nothing. */
export class SeenShade implements IPanePrimitive {
  readonly #end: number;
  #colour: string;
  #chart: IChartApi | undefined;
  #requestUpdate: () => void = () => undefined;
  readonly #views: readonly IPanePrimitivePaneView[];

  /** @param end place of the first candle that it has not seen */
  constructor(end: number, colour: string) {
    this.#end = end;
    this.#colour = colour;
    const renderer = {
      draw: (target: Target): void => {
        this.#draw(target);
      },
    };
    this.#views = [{zOrder: () => 'bottom', renderer: () => renderer}];
  }

  attached({chart, requestUpdate}: PaneAttachedParameter): void {
    this.#chart = chart;
    this.#requestUpdate = requestUpdate;
  }

  paneViews(): readonly IPanePrimitivePaneView[] {
    return this.#views;
  }

  set colour(colour: string) {
    this.#colour = colour;
    this.#requestUpdate();
  }

  #draw(target: Target): void {
    const scale = this.#chart?.timeScale();
    const centre = scale?.logicalToCoordinate(this.#end as Logical);
    if (scale === undefined || centre === null || centre === undefined) return;
    const x = centre - scale.options().barSpacing / 2;
    target.useMediaCoordinateSpace(({context, mediaSize}) => {
      context.fillStyle = this.#colour;
      context.fillRect(0, 0, Math.min(x, mediaSize.width), mediaSize.height);
    });
  }
}
