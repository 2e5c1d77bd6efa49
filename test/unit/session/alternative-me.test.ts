import {existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {AlternativeMe} from '../../../src/session/alternative-me.js';
import type {AlternativeMeOptions} from '../../../src/session/alternative-me.js';
import {deadUrl, loopbackServer} from '../../support/loopback-server.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** 2024-03-01T00:00:00Z. */
const TODAY = 1_709_251_200_000;

/** The endpoint's own shape: newest first, numbers as text, times in seconds. */
function answerOf(values: readonly (readonly [timeMs: number, value: unknown])[]): string {
  return JSON.stringify({
    name: 'Fear and Greed Index',
    data: values.map(([timeMs, value], i) => ({
      ...{value, value_classification: 'Neutral', timestamp: String(timeMs / 1000)},
      ...(i === 0 ? {time_until_update: '68499'} : {}),
    })),
    metadata: {error: null},
  });
}

const ANSWER = answerOf([
  [TODAY, '80'],
  [TODAY - DAY, '60'],
  [TODAY - 2 * DAY, '40'],
]);

interface Setting extends Partial<AlternativeMeOptions> {
  readonly baseUrl: string;
}

/** A clock that stands until it is set, and the notes. */
function world(setting: Setting) {
  const clock = {now: TODAY + HOUR, nowMs: () => clock.now};
  const notes: string[] = [];
  const options: AlternativeMeOptions = {
    cacheFile: join(temporaryDirectory(), 'cache', 'alternative-me.json'),
    clock,
    onNote: (note) => notes.push(note),
    ...setting,
  };
  return {clock, notes, options, open: (changes = {}) => AlternativeMe.open({...options, ...changes})};
}

describe('AlternativeMe', () => {
  it('asks for the whole history once and has the last value published by a time', async () => {
    const server = await loopbackServer(ANSWER);
    const {open, notes} = world(server);
    const series = await open();
    expect(server.requests).toEqual(['/fng/?limit=0&format=json']);
    expect(
      [TODAY - 3 * DAY, TODAY - 2 * DAY, TODAY - 1, TODAY, TODAY + DAY].map((t) => series.valueAt(t)),
    ).toEqual([undefined, 40, 60, 80, 80]);
    expect(notes).toEqual([]);
  });

  it('keeps the answer on disk, so that a start within the hour asks nobody', async () => {
    const server = await loopbackServer(ANSWER);
    const {open, options, clock} = world(server);
    await open();
    clock.now += HOUR - 1;
    const again = await open();
    expect(again.valueAt(TODAY)).toBe(80);
    expect(server.requests).toHaveLength(1);
    expect(readdirSync(join(options.cacheFile, '..'))).toEqual(['alternative-me.json']);
  });

  it('asks again after an hour, beside the decisions: they have the old values until the answer is there', async () => {
    const server = await loopbackServer(ANSWER);
    const {open, clock} = world(server);
    const series = await open();
    server.answer = (_, response) =>
      response.end(
        answerOf([
          [TODAY + DAY, '5'],
          [TODAY, '80'],
        ]),
      );
    clock.now = TODAY + DAY + HOUR;
    expect(series.valueAt(clock.now)).toBe(80);
    await series.settled();
    expect(series.valueAt(clock.now)).toBe(5);
    // What the newer answer leaves out stays known.
    expect(series.valueAt(TODAY - 2 * DAY)).toBe(40);
    expect(server.requests).toHaveLength(2);
  });

  it('asks again where the clock was set back behind what is cached', async () => {
    const server = await loopbackServer(ANSWER);
    const {open, clock} = world(server);
    await open();
    clock.now -= DAY;
    expect((await open()).valueAt(TODAY - DAY)).toBe(60);
    expect(server.requests).toHaveLength(2);
  });

  it('goes on with what is cached where nobody answers, and says so once', async () => {
    const server = await loopbackServer(ANSWER);
    const {open, clock, notes} = world(server);
    const series = await open();
    server.answer = (_, response) => response.writeHead(503).end('down');
    for (let minutes = 61; minutes < 200; minutes += 10) {
      clock.now = TODAY + HOUR + minutes * 60_000;
      expect(series.valueAt(TODAY)).toBe(80);
      await series.settled();
    }
    expect(server.requests.length).toBeGreaterThan(3);
    expect(notes).toEqual([
      expect.stringMatching(/answered 503 .*values fetched 2024-03-01T01:00:00\.000Z are used/),
    ]);
  });

  it('waits five minutes before it asks again after a failure', async () => {
    const server = await loopbackServer('down');
    const {open, clock} = world(server);
    const series = await open();
    clock.now += 299_999;
    series.valueAt(TODAY);
    await series.settled();
    expect(server.requests).toHaveLength(1);
    clock.now += 1;
    series.valueAt(TODAY);
    await series.settled();
    expect(server.requests).toHaveLength(2);
  });

  it('has no value and fails nothing where there is neither network nor cache', async () => {
    const {open, notes} = world({baseUrl: await deadUrl()});
    const series = await open();
    expect(series.valueAt(TODAY)).toBeUndefined();
    expect(notes).toEqual([
      expect.stringMatching(
        /did not answer \(fetch failed: .*ECONNREFUSED.*fear_greed_index is the neutral 50/,
      ),
    ]);
  });

  it('waits for an answer no longer than its limit', async () => {
    const server = await loopbackServer('');
    server.answer = () => undefined;
    const {open, notes} = world(server);
    expect((await open({timeoutMs: 20})).valueAt(TODAY)).toBeUndefined();
    expect(notes).toEqual([
      expect.stringMatching(/did not answer \(The operation was aborted due to timeout\)/),
    ]);
  });

  it('is not held by an answer that never ends', async () => {
    const server = await loopbackServer('');
    server.answer = (_, response) => response.write('{"data": [');
    const {open, notes} = world(server);
    expect((await open({timeoutMs: 50})).valueAt(TODAY)).toBeUndefined();
    expect(notes).toHaveLength(1);
  });

  it('refuses an answer of absurd length', async () => {
    const server = await loopbackServer(' '.repeat(9 << 20));
    const {open, notes} = world(server);
    expect((await open()).valueAt(TODAY)).toBeUndefined();
    expect(notes).toEqual([expect.stringMatching(/more than 8388608 bytes/)]);
  });

  it('says nothing where the user stops it while it waits', async () => {
    const server = await loopbackServer('');
    const controller = new AbortController();
    server.answer = () => {
      controller.abort();
    };
    const {open, notes} = world(server);
    expect((await open({signal: controller.signal})).valueAt(TODAY)).toBeUndefined();
    expect(notes).toEqual([]);
  });

  it('asks nobody once it is closed', async () => {
    const server = await loopbackServer(ANSWER);
    const {open, clock} = world(server);
    const series = await open();
    series.close();
    clock.now += DAY;
    expect(series.valueAt(TODAY)).toBe(80);
    await series.settled();
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, string, RegExp]>([
    ['HTML', '<html><body>Just a moment...</body></html>', /gave no JSON but "<html>/],
    ['nothing', '', /gave no JSON but ""/],
    ['half an answer', ANSWER.slice(0, 90), /gave no JSON/],
    ['another shape', '{"prices": [1, 2]}', /gave no list of values: data/],
    ['JSON of another kind', '[]', /gave no list of values: the answer/],
    ['no values', '{"data": [], "metadata": {"error": null}}', /gave no list of values: data/],
    ['an error of its own', '{"data": [], "metadata": {"error": "limit"}}', /gave no list of values/],
    [
      'a value above 100',
      answerOf([
        [TODAY, '101'],
        [TODAY - DAY, '60'],
      ]),
      /value was "101"/,
    ],
    ['a negative value', answerOf([[TODAY, '-1']]), /data\.0\.value was "-1"/],
    ['a value that is none', answerOf([[TODAY, null]]), /data\.0\.value/],
    ['a fraction', answerOf([[TODAY, 50.5]]), /data\.0\.value was "50\.5"/],
    [
      'times in ms',
      JSON.stringify({data: [{value: '5', timestamp: String(TODAY)}]}),
      /data\.0\.timestamp was/,
    ],
    ['nothing but the future', answerOf([[TODAY + 9 * DAY, '50']]), /no value up to now/],
    [
      'two values of one time',
      answerOf([
        [TODAY, '50'],
        [TODAY, '51'],
      ]),
      /was both "5[01]" and "5[01]"/,
    ],
  ])('takes nothing from an answer with %s, and keeps what it had', async (_, text, message) => {
    const server = await loopbackServer(ANSWER);
    const {open, clock, notes, options} = world(server);
    const series = await open();
    const onDisk = readFileSync(options.cacheFile, 'utf8');
    server.answer = (_request, response) => response.end(text);
    clock.now += HOUR;
    series.valueAt(TODAY);
    await series.settled();
    expect([TODAY - 2 * DAY, TODAY - DAY, TODAY].map((t) => series.valueAt(t))).toEqual([40, 60, 80]);
    expect(notes).toEqual([expect.stringMatching(message)]);
    expect(readFileSync(options.cacheFile, 'utf8')).toBe(onDisk);
  });

  it('takes the values of an answer whose newest one claims to be of the future, without that one', async () => {
    const server = await loopbackServer(
      answerOf([
        [TODAY + DAY, '99'],
        [TODAY, '80'],
      ]),
    );
    const {open} = world(server);
    const series = await open();
    expect(series.valueAt(TODAY + 2 * DAY)).toBe(80);
  });

  it('takes records that say the same twice', async () => {
    const server = await loopbackServer(
      answerOf([
        [TODAY, '80'],
        [TODAY, '80'],
      ]),
    );
    const {open, notes} = world(server);
    expect((await open()).valueAt(TODAY)).toBe(80);
    expect(notes).toEqual([]);
  });
});

describe('the cache of a sentiment', () => {
  it.each([
    ['no JSON', '{"format": 1, "sour'],
    ['another format', '{"format": 2}'],
    [
      'a value off the scale',
      '{"format":1,"source":"x","fetchedAtMs":1,"points":[{"timeMs":1,"value":900}]}',
    ],
    [
      'a time beyond every date',
      '{"format":1,"source":"x","fetchedAtMs":1,"points":[{"timeMs":9e15,"value":9}]}',
    ],
    ['no point', '{"format":1,"source":"x","fetchedAtMs":1,"points":[]}'],
  ])('is set aside where it holds %s, and written anew', async (_, text) => {
    const server = await loopbackServer(ANSWER);
    const {open, options, notes} = world(server);
    mkdirSync(join(options.cacheFile, '..'));
    writeFileSync(options.cacheFile, text);
    expect((await open()).valueAt(TODAY)).toBe(80);
    expect(notes).toEqual([expect.stringMatching(/was damaged and was set aside as .*\.corrupt$/)]);
    expect(readFileSync(`${options.cacheFile}.corrupt`, 'utf8')).toBe(text);
    expect(JSON.parse(readFileSync(options.cacheFile, 'utf8'))).toMatchObject({source: server.baseUrl});
  });

  it('of another host is not taken', async () => {
    const first = await loopbackServer(ANSWER);
    const {open} = world(first);
    await open();
    const second = await loopbackServer(answerOf([[TODAY, '11']]));
    expect((await open({baseUrl: second.baseUrl})).valueAt(TODAY)).toBe(11);
    expect((await open({baseUrl: second.baseUrl})).valueAt(TODAY - DAY)).toBeUndefined();
  });

  it('that cannot be read or written is a note, and the answer counts', async () => {
    const server = await loopbackServer(ANSWER);
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const {open, notes} = world({...server, cacheFile: join(file, 'alternative-me.json')});
    expect((await open()).valueAt(TODAY)).toBe(80);
    expect(notes).toEqual([
      expect.stringMatching(/cannot be read \(ENOTDIR\)/),
      expect.stringMatching(/could not be written.*the next start asks the endpoint again/),
    ]);
    expect(existsSync(join(file, '..', 'alternative-me.json'))).toBe(false);
  });
});
