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
