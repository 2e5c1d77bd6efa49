import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Browser, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {backtestPage} from '../../src/report/page/backtest-page.js';
import {madeReport} from '../support/backtest-reports.js';
import type {MadeBacktest} from '../support/backtest-reports.js';
import {findChromium, startChromium} from '../support/chromium.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';

const CHROMIUM = findChromium();
const TITLE = 'the report page in a browser';

/** A page as it was opened from disk, and what it tried besides being looked at. */
interface Opened {
  readonly page: Page;
  /** Addresses that it asked for, its own included. */
  readonly requests: readonly string[];
  /** What it said on the console, and errors that nobody caught. */
  readonly complaints: readonly string[];
}

describe.skipIf(CHROMIUM === undefined)(
  CHROMIUM === undefined ? `${TITLE} (skipped: no Chromium was found; CHROMIUM_PATH names one)` : TITLE,
  () => {
    const directory = useTemporaryDirectory();
    let browser: Browser;
    beforeAll(async () => {
      browser = await startChromium(CHROMIUM!);
    });
    afterAll(async () => {
      await browser.close();
    });

    async function open(
      made: MadeBacktest,
      {width = 1280, colorScheme = 'light'}: {width?: number; colorScheme?: 'light' | 'dark'} = {},
    ): Promise<Opened> {
      const path = join(
        directory.write(`${String(made.candles)}-${String(width)}.html`, backtestPage(madeReport(made))),
      );
      const page = await browser.newPage({viewport: {width, height: 900}, colorScheme});
      onTestFinished(() => page.close());
      const [requests, complaints]: [string[], string[]] = [[], []];
      page.on('request', (request) => requests.push(request.url()));
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => {
        complaints.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(pathToFileURL(path).href);
      await frames(page, 3);
      return {page, requests, complaints};
    }

    it('opens from disk, asks for nothing but itself and complains of nothing', async () => {
      const {page, requests, complaints} = await open({candles: 2000, trades: 40});
      expect(await page.title()).toContain('BTC/USDT');
      expect(requests).toEqual([page.url()]);
      expect(complaints).toEqual([]);
    });

    it('draws candles, forecast, equity and drawdown', async () => {
      const {page} = await open({candles: 2000, trades: 40});
      const panes = await paneColours(page);
      expect(panes).toHaveLength(4);
      // A blank pane holds its background and the lines of its grid.
      for (const colours of panes) expect(colours).toBeGreaterThan(8);
      expect(await page.locator('#legend').innerText()).toMatch(/UTC.*equity.*holding.*drawdown/s);
    });

    it('tells what the crosshair points to, in all panes at once', async () => {
      const {page} = await open({candles: 2000, trades: 40});
      const before = await page.locator('#legend').innerText();
      await page.locator('#chart').evaluate((chart) => {
        chart.scrollIntoView();
      });
      const box = (await page.locator('#chart').boundingBox())!;
      await page.mouse.move(box.x + box.width / 3, box.y + 60);
      await frames(page, 2);
      const at = await page.locator('#legend').innerText();
      expect(at).not.toBe(before);
      await page.mouse.move(box.x + box.width / 3, box.y + box.height - 120);
      await frames(page, 2);
      expect(await page.locator('#legend').innerText()).toBe(at);
    });

    it('sorts round trips by any column, with the mouse and with the keyboard', async () => {
      const {page} = await open({candles: 2000, trades: 20});
      const profits = async (): Promise<number[]> =>
        (await page.locator('#trades-table tbody td.gain, #trades-table tbody td.loss').allInnerTexts())
          .filter((_, i) => i % 2 === 0)
          .map((text) => Number(text.replaceAll(',', '')));
      const unsorted = await profits();
      expect(unsorted).toHaveLength(20);
      const ascending = [...unsorted].sort((a, b) => a - b);
      const heading = page.locator('#trades-table th', {hasText: 'Profit'});
      await heading.locator('button').click();
      expect(await profits()).toEqual(ascending);
      expect(await heading.getAttribute('aria-sort')).toBe('ascending');
      await heading.locator('button').focus();
      await page.keyboard.press('Enter');
      expect(await profits()).toEqual(ascending.reverse());
      expect(await heading.getAttribute('aria-sort')).toBe('descending');
      expect(await page.locator('#trades-table th[aria-sort]').count()).toBe(1);
    });

    it('shows a round trip on its candles', async () => {
      const {page} = await open({candles: 5000, trades: 60});
      const before = await chartBytes(page);
      await page.locator('.jump').nth(7).click();
      await frames(page, 3);
      expect(await chartBytes(page)).not.toBe(before);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('chart');
    });

    it('shows the first round trips of many, and all when asked', async () => {
      const {page} = await open({candles: 2000, trades: 300});
      const rows = page.locator('#trades-table tbody tr');
      expect(await rows.count()).toBe(25);
      await page.locator('#more-trades').click();
      expect(await rows.count()).toBe(300);
      expect(await page.locator('#more-trades').isHidden()).toBe(true);
    });

    it('is dark where the system is, and changes when told to', async () => {
      const {page} = await open({candles: 500, trades: 5}, {colorScheme: 'dark'});
      const brightness = (): Promise<number> =>
        page.evaluate(() => {
          const [red = 0, green = 0, blue = 0] = getComputedStyle(document.body)
            .backgroundColor.match(/\d+/g)!
            .map(Number);
          return (red + green + blue) / 3;
        });
      expect(await brightness()).toBeLessThan(60);
      const dark = await chartBytes(page);
      await page.locator('#theme').click();
      await frames(page, 2);
      expect(await brightness()).toBeGreaterThan(200);
      expect(await chartBytes(page)).not.toBe(dark);
    });

    it('shows the books of one symbol or of all', async () => {
      const {page, complaints} = await open({candles: 800, trades: 10, symbols: ['BTC/USDT', 'ETH/USDT']});
      expect(await paneColours(page)).toHaveLength(2);
      expect(await page.locator('#trades-table tbody tr').count()).toBe(20);
      await page.locator('#view').selectOption({label: 'ETH/USDT'});
      await frames(page, 3);
      expect(await paneColours(page)).toHaveLength(4);
      expect(await page.locator('#trades-table tbody tr').count()).toBe(10);
      expect(complaints).toEqual([]);
    });

    it('runs nothing that hides in a name', async () => {
      const text = `</script><script>alert(1)</script><img src="http://127.0.0.1:9/x" onerror="alert(2)">'"`;
      const {page, requests, complaints} = await open({
        candles: 400,
        trades: 6,
        symbols: [text, 'ETH/USDT'],
        text,
      });
      await page.locator('#view').selectOption({index: 1});
      await frames(page, 3);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([page.url()]);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('#trades-table tbody').innerText()).toContain('<img src=');
    });

    it('blocks a script that was not built for it', async () => {
      const {page, complaints} = await open({candles: 400, trades: 6});
      await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'document.title = "taken over"';
        document.body.append(script);
      });
      expect(await page.title()).not.toBe('taken over');
      expect(complaints.join()).toContain('Content Security Policy');
    });

    it.each([
      ['an empty run', {candles: 0, trades: 0}],
      ['a run of one candle', {candles: 1, trades: 0}],
      ['one round trip', {candles: 120, trades: 1}],
    ])('shows %s without a complaint', async (_, made) => {
      const {page, complaints} = await open(made);
      expect(complaints).toEqual([]);
      expect(await page.locator('#charts').isVisible()).toBe(made.candles > 0);
      expect(await page.locator('#trades').isVisible()).toBe(made.trades > 0);
      expect(await page.locator('body').innerText()).not.toMatch(/NaN|undefined|Infinity/);
    });

    it('fits a phone', async () => {
      const {page} = await open({candles: 2000, trades: 40}, {width: 390});
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
    });

    it(
      'moves through a hundred thousand candles and draws no more of them than there is room for',
      {timeout: 180_000},
      async () => {
        const {page, complaints} = await open({candles: 100_000, trades: 2000});
        await page.locator('#chart').focus();
        // Half of all at once: the most that can be moved.
        await page.keyboard.press('+');
        await frames(page, 2);
        const before = await chartBytes(page);
        await page.keyboard.press('ArrowLeft');
        await frames(page, 2);
        expect(await chartBytes(page)).not.toBe(before);
        // To and fro, so that each moves: at an edge nothing is drawn.
        const far = await framesWhile(page, ['ArrowRight', 'ArrowLeft']);
        for (let i = 0; i < 8; i++) await page.keyboard.press('+');
        const near = await framesWhile(page, ['ArrowRight']);
        expect(complaints).toEqual([]);
        for (const taken of [far, near]) {
          const shapes = taken.map((frame) => frame.shapes);
          expect(Math.min(...shapes)).toBeGreaterThan(1000);
          // Of the candles in sight those that share a pixel are drawn as one: each for itself, all are 900,000 shapes.
          expect(Math.max(...shapes)).toBeLessThan(50_000);
          // A frame is one of 17 ms; this is for a machine that does other work, and against hanging.
          expect(median(taken.map(({ms}) => ms))).toBeLessThan(2000);
        }
      },
    );
  },
);

/** Waits until the page has drawn so often. */
async function frames(page: Page, count: number): Promise<void> {
  await page.evaluate(async (times) => {
    for (let i = 0; i < times; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, count);
}

/** What frames take, each with a key pressed in it: time, and lines and rectangles that are drawn. */
async function framesWhile(page: Page, keys: readonly string[]): Promise<{ms: number; shapes: number}[]> {
  return page.evaluate(async (pressed) => {
    const chart = document.getElementById('chart')!;
    const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    let shapes = 0;
    const context = CanvasRenderingContext2D.prototype as unknown as Record<
      string,
      (...args: number[]) => void
    >;
    const uncounted = ['lineTo', 'fillRect', 'rect'].map((name) => [name, context[name]!] as const);
    for (const [name, draw] of uncounted) {
      context[name] = function (...args) {
        shapes += 1;
        draw.apply(this, args);
      };
    }
    const taken: {ms: number; shapes: number}[] = [];
    for (let i = 0; i < 20; i++) {
      const from = await nextFrame();
      shapes = 0;
      chart.dispatchEvent(new KeyboardEvent('keydown', {key: pressed[i % pressed.length]!, bubbles: true}));
      // The chart draws in the frame behind the key; the one after it begins when that is done.
      await nextFrame();
      taken.push({ms: ((await nextFrame()) - from) / 2, shapes});
    }
    for (const [name, draw] of uncounted) context[name] = draw;
    return taken;
  }, keys);
}

/** Different colours in each pane of the chart, the highest canvases of its rows. */
async function paneColours(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll('#chart tr')].map((row) =>
      row.querySelectorAll('td')[1]?.querySelector('canvas'),
    );
    return rows
      .filter((canvas) => canvas !== null && canvas !== undefined && canvas.height > 60)
      .map((canvas) => {
        const {data} = canvas!.getContext('2d')!.getImageData(0, 0, canvas!.width, canvas!.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
  });
}

/** Everything that the chart has drawn, as text. */
async function chartBytes(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLCanvasElement>('#chart canvas')]
      .map((canvas) => canvas.toDataURL())
      .join(),
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
