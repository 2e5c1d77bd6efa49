import type {Manifest} from './manifest.js';

type Measured = NonNullable<Manifest['metrics']>;

const METRIC_NAMES: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  logLoss: 'log loss (a coin: 0.6931)',
  brierScore: 'Brier score (a coin: 0.25)',
  mcc: 'Matthews correlation (MCC)',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
  baseRate: 'base rate: always the more frequent class',
};

/** A manifest for people, in Markdown: what the model was made of, what it reached, and what it is good for. */
export function modelCard(name: string, manifest: Manifest): string {
  const {card, metrics, trainedOn, horizon, decisionThreshold, weightsSha256} = manifest;
  return [
    `# Model card: ${name}`,
    card.summary,
    '## What it is',
    table([
      ['network', `${manifest.architecture}, ${sizesOf(manifest)}`],
      [
        'inputs',
        `${manifest.schema.id}, ${manifest.inputScale}, the last ${manifest.sequenceLength} candles`,
      ],
      [
        'output',
        `probability that the close ${horizon === 1 ? 'of the next candle' : `${horizon} candles on`} is higher`,
      ],
      ['decides', `buy above ${decisionThreshold}, sell below ${Number((1 - decisionThreshold).toFixed(6))}`],
      ['weights (sha256)', `\`${weightsSha256}\``],
      ['made', `${dayOf(manifest.created)}. ${card.notes ?? ''}`.trim()],
    ]),
    '## What it was trained on',
    table(trainingRows(trainedOn)),
    '## What it reached',
    metrics === null ? 'Nothing was measured on held-out candles.' : reached(metrics),
    '## What it is not',
    card.limitations.map((line) => `- ${line}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function sizesOf({hyperparameters}: Manifest): string {
  return Object.entries(hyperparameters)
    .filter(([name]) => name !== 'architecture')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function trainingRows({
  symbol,
  timeframe,
  source,
  split,
  ...known
}: Manifest['trainedOn']): [string, string][] {
  const {from, to, rows, heldOutFrom, seed, versions} = known;
  const unknown = 'not known';
  return [
    ['candles', `${symbol}, ${timeframe}, ${source}`],
    [
      'range',
      from === null || to === null
        ? unknown
        : `${from} to ${to}${rows === null ? '' : `, ${thousands(rows)} rows`}`,
    ],
    [
      'split, in time order',
      split === null
        ? unknown
        : `${thousands(split.train)} training, ${thousands(split.validation)} validation, ${thousands(split.test)} test; ${split.purged} purged, embargo ${split.embargo}`,
    ],
    ['held out from', heldOutFrom ?? unknown],
    ['seed', seed === null ? unknown : String(seed)],
    [
      'made with',
      Object.entries(versions)
        .map(([library, version]) => `${library} ${version}`)
        .join(', ') || unknown,
    ],
  ];
}

function reached({part, samples, values, baselines}: Measured): string {
  const measures = Object.entries(values).map(([name, measure]) => [
    METRIC_NAMES[name] ?? name,
    ...cells(measure),
  ]);
  const beside = baselines.map(({name, accuracy, test, pValue, verdict}) => [
    name,
    ...cells(accuracy),
    `the model is ${verdict} (${test} p ${pValue.toPrecision(2)})`,
  ]);
  return [
    part === 'test'
      ? `On ${thousands(samples)} test samples, behind everything that it was trained and selected on:`
      : `On ${thousands(samples)} validation samples, **on which it was selected**: expect less on new candles.`,
    table(measures, ['measure', 'value', '95% interval']),
    ...(beside.length === 0
      ? []
      : [
          'Simpler classifiers on the same samples:',
          table(beside, ['classifier', 'accuracy', '95% interval', 'beside it']),
        ]),
  ].join('\n\n');
}

function cells(measure: Measured['values'][string]): [string, string] {
  if (typeof measure === 'number') return [measure.toFixed(4), ''];
  return [measure.value.toFixed(4), `${measure.low.toFixed(4)} to ${measure.high.toFixed(4)}`];
}

function table(
  rows: readonly (readonly string[])[],
  head: readonly string[] = rows[0]!.map(() => ''),
): string {
  // A value is a line, and a bar in it is no border.
  const line = (cellsOfRow: readonly string[]): string =>
    `| ${cellsOfRow.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function thousands(value: number): string {
  return value.toLocaleString('en-US');
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}
