import {FEATURE_SCHEMA, FEATURE_TABLE, GAP_CANDLES, WARM_UP_CANDLES} from '../../src/features/schema.js';

/** The text of docs/features.md, from the schema table. */
export function featuresPage(): string {
  const rows = FEATURE_TABLE.map(
    ({name, category, unit, lookBack, indicator, formula}, i) =>
      `| ${i + 1} | \`${name}\` | ${category} | ${unit} | ${lookBack} | ${indicator} | ${cell(formula)} |`,
  );
  const sources = new Map(FEATURE_TABLE.map(({indicator, source}) => [indicator, source]));
  return `<!-- Generated from src/features/schema.ts by tools/docs/features-page.ts (UPDATE_DOCS=1 npx vitest run test/unit/features/docs.test.ts): do not edit. -->

# The ${FEATURE_TABLE.length} features, schema \`${FEATURE_SCHEMA.id}\`

One row of ${FEATURE_TABLE.length} doubles per closed candle, in this order. sha256 of the ordered names joined by newlines:
\`${FEATURE_SCHEMA.hash}\`. A model stores id and hash and is refused where they differ.

\`o h l c v\` are open, high, low, close and volume, \`ts\` the open time in ms, UTC. \`x[-k]\` is the value k candles
earlier; \`mean_w\`, \`max_w\`, \`min_w\`, \`sum_w\` run over the last w candles, this one included. \`std_w\` divides by
n - 1, \`pstd_w\` by n. sign(0) = 0.

- **Warm-up.** No row before candle ${WARM_UP_CANDLES + 1} of a history: by then a recursive average has forgotten its seed.
- **Gaps.** Behind a gap too long to fill, the next ${GAP_CANDLES} candles give no row. Recursive averages and the regime keep
  their state; the change over the gap counts for nothing.
- **Looks back** says how many candles before the newest one the value depends on.
- **Never NaN, never infinite.** What stands for 0 / 0 is in the formula.
- **Where history begins** does not matter: windows give the same bits, recursive averages the same to 1e-9 of their column's root
  mean square. One corner is known where that is not so. A seed is a first change that counts 14 times as much as it would
  later. Where a history begins right before a thousandfold drop and the market, after some hundred candles, stands still,
  both averages of \`rsi_14\` shrink alike, so their ratio keeps a trace of the seed until U + D counts as nothing: some
  thousandths of a point in the worst case that is tested. Where the market moves on it is gone.
- **Sentiment.** \`fear_greed_index\` comes from \`--sentiment\`: a file, alternative.me, or none, the default, because the shipped
  models were trained without. Values of alternative.me are kept on disk and asked for again after an hour, beside the
  decisions, never in front of them; old ones stay in use where there is no answer. The journal says of every row what was
  observed, or null for the neutral 50, and a recovered run reads that and not what the series says by then.
- **The NYSE calendar** is computed by rule, with four special closures, and compared with pandas_market_calendars for 2010 to
  2035. The npm package nyse-holidays 1.2.0 has the same rules, but not the special closures; it takes dates in the machine's
  time zone and some 0.6 ms a question.
- **Your own features:** \`dl-trade doctor --features --candles FILE\` tries these laws on your candles and names each feature that
  breaks one; CONTRIBUTING.md has the recipe.
- Logarithms and exponentials are the JavaScript engine's own: another version of it may differ in their last bit.

| # | name | category | unit | looks back | indicator | formula |
|---|---|---|---|---|---|---|
${rows.join('\n')}

## Sources

| indicator | source |
|---|---|
${[...sources].map(([indicator, source]) => `| ${indicator} | ${cell(source)} |`).join('\n')}
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
