import {readFile, readdir, stat} from 'node:fs/promises';
import {basename, join, resolve} from 'node:path';
import {DlTradeError} from '../domain/errors.js';
import type {FeatureSchema} from '../domain/feature-schema.js';
import {writeFileAtomic} from '../files/atomic-file.js';
import {systemCode} from '../files/file-errors.js';
import {sha256OfFile} from '../files/hash-file.js';
import {replaceDirectory, standingDirectory} from '../files/replace-directory.js';
import {parseGolden} from './golden.js';
import type {Golden} from './golden.js';
import {InputPipeline} from './input-pipeline.js';
import {parseManifest, parseManifestText} from './manifest.js';
import type {Manifest} from './manifest.js';
import {modelCard} from './model-card.js';
import {loadNetworkAsync} from './native.js';
import type {Hyperparameters, NativeNetwork} from './native-network.js';
import {StandardScaler} from './standard-scaler.js';

const MANIFEST = 'manifest.json';
const WEIGHTS = 'weights.pth';
const GOLDEN = 'golden.json';
/** Written for people, read by nobody. */
const CARD = 'MODEL_CARD.md';
const MODEL_FILES: ReadonlySet<string> = new Set([MANIFEST, WEIGHTS, GOLDEN, CARD]);

/** A model in memory, whose weights, manifest and schema agree. */
export interface Model {
  /** The last part of its path: `lstm`. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly network: NativeNetwork;
  /** From a row of features to the network's inputs. */
  readonly inputs: InputPipeline;
}

/** What is to be saved as a model; the hash of its weights is taken on the way. */
export interface ModelContent {
  readonly network: NativeNetwork;
  readonly manifest: Omit<Manifest, 'weightsSha256'>;
  readonly golden?: Golden | undefined;
}

/** What models are held against, and what reads their weights. */
export interface ModelPersistenceOptions {
  /** The schema that this version computes: a model made for another is refused. */
  readonly schema: FeatureSchema;
  /** Reads `weights.pth`; the native addon unless said otherwise. */
  readonly loadNetwork?: (path: string, expected: Hyperparameters) => NativeNetwork | Promise<NativeNetwork>;
}

/** True for a name under `models/`, false for a path. */
export function isBareModelName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name);
}

/** Models on disk: a folder each, of `manifest.json`, `weights.pth`, `golden.json` and the manifest in prose, `MODEL_CARD.md`. */
export class ModelPersistence {
  readonly directory: string;
  readonly #schema: FeatureSchema;
  readonly #loadNetwork: NonNullable<ModelPersistenceOptions['loadNetwork']>;

  /** @param directory where bare names are looked up, such as `models` */
  constructor(directory: string, {schema, loadNetwork = loadNetworkAsync}: ModelPersistenceOptions) {
    this.directory = directory;
    this.#schema = schema;
    this.#loadNetwork = loadNetwork;
  }

  /** Where a model lies or would lie: under the directory for a bare name, else the path itself. */
  pathOf(nameOrPath: string): string {
    return isBareModelName(nameOrPath) ? join(this.directory, nameOrPath) : resolve(nameOrPath);
  }

  /** Loads a model, all of it or nothing.
   *  @returns `null` where there is none
   *  @throws MODEL_INVALID where weights, schema, sizes and manifest disagree, MANIFEST_INVALID CHECKPOINT_REFUSED NATIVE_UNAVAILABLE */
  async load(nameOrPath: string): Promise<Model | null> {
    const path = this.pathOf(nameOrPath);
    const folder = await standingDirectory(path);
    if (folder === undefined) return null;
    const weights = join(folder, WEIGHTS);
    const [text, hasWeights] = await Promise.all([readIfThere(join(folder, MANIFEST)), isFile(weights)]);
    if (text === undefined && !hasWeights) return null;
    if (text === undefined) {
      throw refused(path, `it has ${WEIGHTS} but no ${MANIFEST}; make one with \`dl-trade import\``);
    }
    if (!hasWeights) throw refused(path, `it has ${MANIFEST} but no ${WEIGHTS}; train it again`);

    const manifest = parseManifestText(text, join(path, MANIFEST));
    this.#requireSchema(path, manifest);
    await requireHash(path, weights, manifest);
    const inputs = new InputPipeline(
      this.#schema,
      manifest.inputScale,
      StandardScaler.fromJSON(manifest.scaler),
    );
    const network = await this.#loadNetwork(weights, manifest.hyperparameters);
    try {
      requireSizes(path, network.hyperparameters, manifest.hyperparameters);
    } catch (cause) {
      network.dispose();
      throw cause;
    }
    return {name: basename(path), manifest, network, inputs};
  }

  /** Makes sure that a model can be saved there without the loss of anything but an older model: to be asked before hours of work.
   *  @throws CONFIG_INVALID for a file, or a folder that holds something which is no file of a model */
  async requirePlace(nameOrPath: string): Promise<void> {
    const path = this.pathOf(nameOrPath);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return;
    if (!found.isDirectory()) throw noPlace(path, 'is a file; name a directory for the model');
    const foreign = (await readdir(path)).find((entry) => !MODEL_FILES.has(entry));
    if (foreign === undefined) return;
    throw noPlace(
      path,
      `holds "${foreign}", which is no file of a model and would be lost; name a directory of the model's own`,
    );
  }

  /** Saves a model over an older one: a crash leaves the old one or the new one, and `load` finds it.
   *  @returns the manifest as it was written
   *  @throws CONFIG_INVALID as `requirePlace`, MODEL_INVALID MANIFEST_INVALID OUTPUT_FAILED */
  async save(nameOrPath: string, {network, manifest: about, golden}: ModelContent): Promise<Manifest> {
    const path = this.pathOf(nameOrPath);
    requireSizes(path, network.hyperparameters, about.hyperparameters);
    await this.requirePlace(path);
    let manifest: Manifest | undefined;
    await replaceDirectory(path, async (folder) => {
      const weights = join(folder, WEIGHTS);
      network.save(weights);
      // Checked before it counts, so that nothing is written that `load` would refuse.
      manifest = parseManifest({...about, weightsSha256: await sha256OfFile(weights)}, join(path, MANIFEST));
      this.#requireSchema(path, manifest);
      if (golden !== undefined) await writeFileAtomic(join(folder, GOLDEN), JSON.stringify(golden));
      await writeFileAtomic(join(folder, CARD), modelCard(basename(path), manifest));
      await writeFileAtomic(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    });
    return manifest!;
  }

  /** Names of the models in the directory, sorted; none where it does not exist. */
  async list(): Promise<string[]> {
    const entries = await readdir(this.directory).catch(() => []);
    // A model that stepped aside when a save was cut off stands under `.name.old`.
    const names = new Set(
      entries.map((entry) => /^\.(.+)\.old$/.exec(entry)?.[1] ?? entry).filter(isBareModelName),
    );
    const found: string[] = [];
    for (const name of names) {
      const folder = await standingDirectory(join(this.directory, name));
      if (folder !== undefined && (await isFile(join(folder, MANIFEST)))) found.push(name);
    }
    return found.sort();
  }

  /** The golden file of a model.
   *  @returns `null` where there is none
   *  @throws MODEL_INVALID for a file that is none */
  async loadGolden(nameOrPath: string): Promise<Golden | null> {
    const path = this.pathOf(nameOrPath);
    const folder = await standingDirectory(path);
    if (folder === undefined) return null;
    const text = await readIfThere(join(folder, GOLDEN));
    return text === undefined ? null : parseGolden(text, join(path, GOLDEN));
  }

  #requireSchema(path: string, {schema, hyperparameters}: Manifest): void {
    const {id, hash, features} = this.#schema;
    if (schema.id !== id || schema.hash !== hash) {
      throw refused(
        path,
        `its feature schema was "${schema.id} ${schema.hash.slice(0, 12)}", want ${id} ${hash.slice(0, 12)}; train it again`,
      );
    }
    if (hyperparameters.input_size !== features.length) {
      const was = String(hyperparameters.input_size);
      throw refused(
        path,
        `its input_size was "${was}", want ${String(features.length)}, the features of ${id}`,
      );
    }
  }
}

async function requireHash(path: string, weights: string, {weightsSha256}: Manifest): Promise<void> {
  const hash = await sha256OfFile(weights).catch((cause: unknown) => {
    throw refused(path, `${WEIGHTS} could not be read`, cause);
  });
  if (hash === weightsSha256) return;
  throw refused(
    path,
    `the sha256 of ${WEIGHTS} was "${hash}", want ${weightsSha256} as in ${MANIFEST}; they are not of one training`,
  );
}

/** The weights' own sizes against the manifest's, field by field. */
function requireSizes(path: string, network: Hyperparameters, manifest: Hyperparameters): void {
  const fields = new Set([...Object.keys(network), ...Object.keys(manifest)]) as Set<keyof Hyperparameters>;
  for (const field of fields) {
    if (network[field] === manifest[field]) continue;
    throw refused(
      path,
      `${field} of its weights was "${String(network[field])}", want ${String(manifest[field])} as in ${MANIFEST}`,
    );
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw refused(path, 'it could not be read', cause);
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

function noPlace(path: string, reason: string): DlTradeError {
  return new DlTradeError('CONFIG_INVALID', `"${path}" ${reason}`, {details: {path}});
}

function refused(path: string, reason: string, cause?: unknown): DlTradeError {
  return new DlTradeError('MODEL_INVALID', `model "${path}" is refused: ${reason}`, {cause, details: {path}});
}
