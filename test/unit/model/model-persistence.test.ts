import {symlinkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeGolden, verifyGolden} from '../../../src/model/golden.js';
import type {Manifest} from '../../../src/model/manifest.js';
import {ModelPersistence, isBareModelName} from '../../../src/model/model-persistence.js';
import {asideOf} from '../../../src/files/replace-directory.js';
import {FakeNetwork, loadFakeNetwork} from '../../support/fake-network.js';
import {SMALL_MANIFEST, SMALL_SCHEMA, SMALL_SIZES} from '../../support/models.js';
import {useTemporaryDirectory} from '../../support/temporary-directory.js';

const directory = useTemporaryDirectory();
let folders = 0;

/** A persistence over a fresh folder. */
function persistence(loadNetwork: (path: string) => FakeNetwork = loadFakeNetwork): ModelPersistence {
  folders += 1;
  return new ModelPersistence(directory.path(`models-${String(folders)}`), {
    schema: SMALL_SCHEMA,
    loadNetwork,
  });
}

async function saved(weight = 2): Promise<{models: ModelPersistence; manifest: Manifest; path: string}> {
  const models = persistence();
  const manifest = await models.save('lstm', {
    network: new FakeNetwork(SMALL_SIZES, weight),
    manifest: SMALL_MANIFEST,
  });
  return {models, manifest, path: models.pathOf('lstm')};
}

function rewrite(path: string, changes: Partial<Manifest>): void {
  const file = join(path, 'manifest.json');
  writeFileSync(file, JSON.stringify({...(JSON.parse(readFileSync(file, 'utf8')) as Manifest), ...changes}));
}

describe('ModelPersistence', () => {
  it('loads what it saved: weights, manifest, inputs', async () => {
    const {models, manifest, path} = await saved();
    const model = (await models.load('lstm'))!;
    expect(model.name).toBe('lstm');
    expect(model.manifest).toEqual(manifest);
    expect(model.manifest).toEqual({...SMALL_MANIFEST, weightsSha256: manifest.weightsSha256});
    expect(model.network.parameters()).toEqual(new FakeNetwork(SMALL_SIZES, 2).parameters());
    expect(model.inputs.size).toBe(5);
    expect(readdirSync(path).sort()).toEqual(['MODEL_CARD.md', 'manifest.json', 'weights.pth']);
  });

  it('loads by path as by name', async () => {
    const {models, path} = await saved();
    const elsewhere = new ModelPersistence('nowhere', {schema: SMALL_SCHEMA, loadNetwork: loadFakeNetwork});
    expect((await elsewhere.load(path))!.manifest).toEqual((await models.load('lstm'))!.manifest);
    expect((await elsewhere.load(`${path}/`))!.name).toBe('lstm');
  });

  it('gives null for a missing model, by name or by path, and for an empty folder', async () => {
    const models = persistence();
    expect(await models.load('lstm')).toBeNull();
    expect(await models.load(directory.path('nothing/here'))).toBeNull();
    mkdirSync(models.pathOf('empty'), {recursive: true});
    expect(await models.load('empty')).toBeNull();
    expect(await models.loadGolden('lstm')).toBeNull();
    expect(await models.loadGolden('empty')).toBeNull();
  });

  it('saves over an old model and leaves nothing of it', async () => {
    const {models} = await saved(2);
    const golden = makeGolden(new Float32Array(15), [0], {computedBy: 'us', tolerance: 1e-5});
    await models.save('lstm', {network: new FakeNetwork(SMALL_SIZES, 3), manifest: SMALL_MANIFEST, golden});
    await models.save('lstm', {network: new FakeNetwork(SMALL_SIZES, 4), manifest: SMALL_MANIFEST});
    const model = (await models.load('lstm'))!;
    expect(model.network.parameters()['weight']!.data).toEqual(Float32Array.of(4));
    expect(await models.loadGolden('lstm')).toBeNull();
    expect(readdirSync(models.directory)).toEqual(['lstm']);
  });

  it('refuses to save over a folder that holds anything but a model, and over a file', async () => {
    const {models, path} = await saved(2);
    const content = {network: new FakeNetwork(SMALL_SIZES, 3), manifest: SMALL_MANIFEST};
    writeFileSync(join(path, 'notes.txt'), 'mine');
    await expect(models.save('lstm', content)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('holds "notes.txt", which is no file of a model') as string,
    });
    expect(readFileSync(join(path, 'notes.txt'), 'utf8')).toBe('mine');
    expect((await models.load('lstm'))!.network.parameters()['weight']!.data).toEqual(Float32Array.of(2));
    // The folder of all models: a name was forgotten.
    await expect(models.save(models.directory, content)).rejects.toMatchObject({code: 'CONFIG_INVALID'});
    expect(readdirSync(models.directory)).toEqual(['lstm']);

    writeFileSync(models.pathOf('file'), 'mine');
    await expect(models.save('file', content)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('is a file; name a directory') as string,
    });
    expect(readFileSync(models.pathOf('file'), 'utf8')).toBe('mine');
  });

  it('saves into an empty folder', async () => {
    const models = persistence();
    mkdirSync(models.pathOf('empty'), {recursive: true});
    await models.save('empty', {network: new FakeNetwork(SMALL_SIZES, 2), manifest: SMALL_MANIFEST});
    expect((await models.load('empty'))!.name).toBe('empty');
  });

  it('keeps a golden file beside the weights', async () => {
    const models = persistence();
    const network = new FakeNetwork(SMALL_SIZES, 2);
    const windows = Float32Array.from({length: 30}, (_, i) => i / 30);
    const golden = makeGolden(windows, network.predict(windows, 2, 3), {computedBy: 'us', tolerance: 1e-5});
    await models.save('lstm', {network, manifest: SMALL_MANIFEST, golden});
    const model = (await models.load('lstm'))!;
    expect(verifyGolden(model.network, 3, (await models.loadGolden('lstm'))!).agrees).toBe(true);
    writeFileSync(join(models.pathOf('lstm'), 'golden.json'), 'no JSON');
    await expect(models.loadGolden('lstm')).rejects.toMatchObject({code: 'MODEL_INVALID'});
  });

  it('lists models by name and nothing else', async () => {
    const {models} = await saved();
    expect(await persistence().list()).toEqual([]);
    await models.save('best', {network: new FakeNetwork(SMALL_SIZES), manifest: SMALL_MANIFEST});
    mkdirSync(models.pathOf('no-model'));
    writeFileSync(join(models.directory, 'README.md'), '');
    mkdirSync(join(models.directory, '.hidden'));
    expect(await models.list()).toEqual(['best', 'lstm']);
  });

  it('finds the old model where a crash came between the two renames of a save', async () => {
    const {models, manifest, path} = await saved(2);
    renameSync(path, asideOf(path));
    expect((await models.load('lstm'))!.manifest).toEqual(manifest);
    expect(await models.list()).toEqual(['lstm']);
    await models.save('lstm', {network: new FakeNetwork(SMALL_SIZES, 3), manifest: SMALL_MANIFEST});
    expect((await models.load('lstm'))!.network.parameters()['weight']!.data).toEqual(Float32Array.of(3));
    expect(readdirSync(models.directory)).toEqual(['lstm']);
  });

  it('loads the new model where a crash came after the renames', async () => {
    const {models, path} = await saved(2);
    mkdirSync(asideOf(path));
    expect(await models.load('lstm')).not.toBeNull();
    expect(await models.list()).toEqual(['lstm']);
  });

  it('leaves the old model alone where saving fails', async () => {
    const {models, manifest} = await saved(2);
    class FullDisk extends FakeNetwork {
      override save(): void {
        throw Object.assign(new Error('ENOSPC'), {code: 'ENOSPC'});
      }
    }
    await expect(
      models.save('lstm', {network: new FullDisk(SMALL_SIZES), manifest: SMALL_MANIFEST}),
    ).rejects.toMatchObject({code: 'OUTPUT_FAILED', exitCode: 1});
    expect((await models.load('lstm'))!.manifest).toEqual(manifest);
    expect(readdirSync(models.directory)).toEqual(['lstm']);
  });

  it('saves nothing that it would refuse to load', async () => {
    const models = persistence();
    const network = new FakeNetwork(SMALL_SIZES);
    const other = {...SMALL_MANIFEST, hyperparameters: {...SMALL_SIZES, num_layers: 2}};
    await expect(models.save('a', {network, manifest: other})).rejects.toThrow(
      /refused: num_layers of its weights was "1", want 2 as in manifest.json$/,
    );
    const wrong = {...SMALL_MANIFEST, horizon: 0};
    await expect(models.save('a', {network, manifest: wrong})).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
    });
    const foreign = {...SMALL_MANIFEST, schema: {id: 'other/1', hash: 'c'.repeat(64)}};
    await expect(models.save('a', {network, manifest: foreign})).rejects.toThrow(
      /its feature schema was "other\/1/,
    );
    expect(await models.load('a')).toBeNull();
    expect(readdirSync(models.directory)).toEqual([]);
  });
});

describe('ModelPersistence refuses', () => {
  it('weights of another training', async () => {
    const {models, manifest, path} = await saved(2);
    new FakeNetwork(SMALL_SIZES, 3).save(join(path, 'weights.pth'));
    await expect(models.load('lstm')).rejects.toMatchObject({code: 'MODEL_INVALID', exitCode: 4});
    await expect(models.load('lstm')).rejects.toThrow(
      `want ${manifest.weightsSha256} as in manifest.json; they are not of one training`,
    );
  });

  it('a feature schema of another version, and one of other columns', async () => {
    const {models, path} = await saved();
    rewrite(path, {schema: {id: 'small/1', hash: 'c'.repeat(64)}});
    await expect(models.load('lstm')).rejects.toThrow(
      `model "${path}" is refused: its feature schema was "small/1 cccccccccccc", want small/1 aaaaaaaaaaaa; train it again`,
    );
    const three = {mean: [0, 0, 0], scale: [1, 1, 1], constant: [], clip: 8};
    rewrite(path, {
      schema: {id: SMALL_SCHEMA.id, hash: SMALL_SCHEMA.hash},
      hyperparameters: {...SMALL_SIZES, input_size: 3},
      scaler: three,
    });
    await expect(models.load('lstm')).rejects.toThrow(
      /its input_size was "3", want 5, the features of small\/1$/,
    );
  });

  it('weights of other sizes than the manifest says, and frees them', async () => {
    const {models, path} = await saved();
    const loaded: FakeNetwork[] = [];
    const watching = new ModelPersistence(models.directory, {
      schema: SMALL_SCHEMA,
      loadNetwork(file) {
        loaded.push(loadFakeNetwork(file));
        return loaded[0]!;
      },
    });
    rewrite(path, {hyperparameters: {...SMALL_SIZES, dropout: 0.3}});
    await expect(watching.load('lstm')).rejects.toThrow(
      /refused: dropout of its weights was "0.2", want 0.3 as in manifest.json$/,
    );
    expect(loaded[0]!.disposed).toBe(true);
  });

  it('a model of which half is missing, with what to do', async () => {
    const {models, path} = await saved();
    rmSync(join(path, 'weights.pth'));
    await expect(models.load('lstm')).rejects.toThrow(
      /it has manifest.json but no weights.pth; train it again$/,
    );
    writeFileSync(join(path, 'weights.pth'), '');
    rmSync(join(path, 'manifest.json'));
    await expect(models.load('lstm')).rejects.toThrow(
      /it has weights.pth but no manifest.json; make one with `dl-trade import`$/,
    );
    mkdirSync(join(path, 'manifest.json'));
    await expect(models.load('lstm')).rejects.toThrow(/manifest.json" is refused: it could not be read$/);
  });

  it('a manifest that is none, naming the file', async () => {
    const {models, path} = await saved();
    rewrite(path, {horizon: -1});
    await expect(models.load('lstm')).rejects.toThrow(
      `${join(path, 'manifest.json')}: horizon was "-1", want more than 0`,
    );
  });

  it('a checkpoint that the reader refuses, with the reader’s code', async () => {
    const {models, path, manifest} = await saved();
    const broken = {
      ...manifest,
      weightsSha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    };
    writeFileSync(join(path, 'weights.pth'), '');
    rewrite(path, broken);
    await expect(models.load('lstm')).rejects.toMatchObject({
      code: 'CHECKPOINT_REFUSED',
      details: {checkpointCode: 'NOT_A_CHECKPOINT'},
    });
  });

  // Reading it fails for every user, where a mode of 0 would not stop root.
  it.runIf(process.platform === 'linux')('weights that cannot be read', async () => {
    const {models, path} = await saved();
    rmSync(join(path, 'weights.pth'));
    symlinkSync('/proc/self/mem', join(path, 'weights.pth'));
    await expect(models.load('lstm')).rejects.toThrow(/weights.pth could not be read$/);
  });
});

describe('isBareModelName', () => {
  it('tells names under models/ from paths', () => {
    for (const name of ['lstm', 'my-model_2.1', '_x']) expect(isBareModelName(name)).toBe(true);
    for (const path of ['./lstm', '../x', 'a/b', '/abs', '.hidden', '', '..', 'C:\\x']) {
      expect(isBareModelName(path)).toBe(false);
    }
  });
});
