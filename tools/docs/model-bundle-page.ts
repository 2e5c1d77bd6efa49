import {FEATURE_COUNT, FEATURE_SCHEMA} from '../../src/features/schema.js';
import {manifestTable} from './manifest-table.js';

/** The text of docs/model-bundle.md, its table from the schema of the manifest. */
export function modelBundlePage(): string {
  return `<!-- Generated from src/model/manifest.ts by tools/docs/model-bundle-page.ts (UPDATE_DOCS=1 npx vitest run test/unit/model/bundle-page.test.ts): do not edit. -->

# A model on disk

A model is a folder of four files. \`dl-trade train\` and \`dl-trade import\` write it as a whole or not at all; what stands there before is replaced only when
the new one is complete, and a folder that holds anything else is never touched.

| file | what it is | who reads it |
|---|---|---|
| \`weights.pth\` | the weights, as \`torch.save\` writes a state_dict | every command that forecasts; \`torch.load(weights_only=True)\` loads it too |
| \`manifest.json\` | everything else that a forecast depends on, and where the model comes from | every command that forecasts |
| \`golden.json\` | some windows, and the logits that a reference gave for them | \`dl-trade doctor\`, \`dl-trade import\`, the tests |
| \`MODEL_CARD.md\` | the manifest in prose | people |

\`--model lstm\` looks for a folder of that name in \`models/\`, then among those shipped; \`--model models/mine\` or any other path is taken as it is. A bare name that is not
there is a usage error (exit code 2), a path that holds no model is \`MODEL_NOT_FOUND\` (4).

## manifest.json

Strict: a field that is not listed is refused, so that a misspelt one is noticed. Fields of the two architectures are marked with its name.

${manifestTable()}

Beyond the table it is asked that \`architecture\` agrees with \`hyperparameters.architecture\`; that \`mean\` and \`scale\` have \`input_size\` numbers and \`constant\` ascending
column numbers below it; that \`nhead\` divides \`d_model\` and \`sequenceLength\` is at most \`max_len\`; and that the calm state of the regime comes first.

Of the features, \`schema.hash\` must be that of this version, \`${FEATURE_SCHEMA.id}\`: \`${FEATURE_SCHEMA.hash}\`, the sha256 of the ${String(FEATURE_COUNT)} names
([features.md](features.md)).

The journal of a run records the sha256 of \`weights.pth\` and of \`manifest.json\`, and \`dl-trade replay\` asks for the same: keep the models of journals that matter.

## weights.pth

A zip of \`torch.save\` (torch 1.6 or later), holding a state_dict, or a dict that holds one under \`model_state_dict\`, \`state_dict\`, \`model\`, \`net\` or \`weights\`. Nothing in it
is executed; what is accepted and refused, with the codes: [checkpoints.md](checkpoints.md). Sizes are read off the shapes and have to agree with the manifest.

## golden.json

\`\`\`json
{
  "format": 1,
  "computedBy": "PyTorch 2.13.0+cpu",
  "tolerance": 0.00001,
  "windows": [[[0.1, -0.2], [0.3, 0.4]]],
  "logits": [0.0123]
}
\`\`\`

\`windows\` has the shape [windows, \`sequenceLength\`, \`input_size\`] (the one above is too small for a real model), scaled as the network sees them: nested numbers, or
little-endian float32 as base64, which is how dl-trade writes it. \`tolerance\` is the largest difference of a logit, at most 0.01. \`computedBy\` says whose logits they are. A
golden file from Python proves that both compute the same network; one that dl-trade wrote for weights without one (4 windows on import, 8 after training)
only shows that they still load as they did.

## What is refused

Loading a model is all or nothing, and every refusal says what was found. These are real ones; paths are shortened.

A threshold beyond its range, and a misspelt field:

\`\`\`text
dl-trade: models/x/manifest.json: decisionThreshold was "1.2", want less than 1 [MANIFEST_INVALID]
dl-trade: models/x/manifest.json: treshold was "0.6", want no such field [MANIFEST_INVALID]
\`\`\`

A byte appended to the weights, or the weights of another training:

\`\`\`text
dl-trade: model "models/x" is refused: the sha256 of weights.pth was "361a6dd5…", want 743a89f9… as in manifest.json; they are not of one training [MODEL_INVALID]
\`\`\`

A model made for other features:

\`\`\`text
dl-trade: model "models/x" is refused: its feature schema was "dl86/1 000000000000", want dl86/1 ed03a71e12e6; train it again [MODEL_INVALID]
\`\`\`

Sizes or an architecture that the weights do not have:

\`\`\`text
dl-trade: models/x/weights.pth: the weights contradict what is said of them: the expected hidden_size is 64, where it is 128 by the weights' shapes [MODEL_INVALID]
dl-trade: models/x/weights.pth: the weights contradict what is said of them: architecture is expected to be "bilstm", was "transformer" [MODEL_INVALID]
\`\`\`

A weight that is no number:

\`\`\`text
dl-trade: models/x/weights.pth: 1 weights are NaN or infinite, in 1 tensors: "fc.bias" (1); training has diverged, use an earlier checkpoint [MODEL_INVALID]
\`\`\`

A whole module in place of its state_dict, which only unpickling could make:

\`\`\`text
dl-trade: models/x/weights.pth: the pickle names "torch.nn.modules.rnn.LSTM", which is not on the list: it holds Python objects; save model.state_dict() and plain values instead (data.pkl, offset 2, GLOBAL) [CHECKPOINT_REFUSED]
\`\`\`

Half a model:

\`\`\`text
dl-trade: model "models/x" is refused: it has weights.pth but no manifest.json; make one with \`dl-trade import\` [MODEL_INVALID]
dl-trade: model "models/x" is refused: it has manifest.json but no weights.pth; train it again [MODEL_INVALID]
\`\`\`

Logits that are not those of the golden file are found by \`dl-trade doctor\`, not at each start:

\`\`\`text
failed   model x  largest difference of 8 golden windows was "0.009999999999999995", want at most 0.00001; train or import it again [MODEL_INVALID]
\`\`\`

Tests damage models in these ways and others: [test/e2e/bad-input.test.ts](../test/e2e/bad-input.test.ts), [test/unit/model](../test/unit/model),
[test/native/model-persistence.test.ts](../test/native/model-persistence.test.ts).
`;
}
