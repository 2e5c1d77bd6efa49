import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** One file of the hostile corpus, as `test/corpus/generate.py` describes it. */
export interface CorpusFile {
  readonly file: string;
  /** The rule of the checkpoint format that the file follows or breaks. */
  readonly rule: string;
  readonly verdict: 'accept' | 'refuse';
  /** The refusal's code; empty where the file is accepted. */
  readonly code: string;
}

/** What a reader said of one file. */
export interface Verdict {
  readonly ok: boolean;
  readonly code: string;
  readonly message: string;
}

/** Reads the manifest of a corpus folder. */
export function readManifest(folder: string): readonly CorpusFile[] {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as CorpusFile[];
}

/** The files on which a reader was wrong, one line each; empty where it was right everywhere. */
export function wrongVerdicts(
  files: readonly CorpusFile[],
  verdictOf: (file: CorpusFile) => Verdict,
): string[] {
  return files.flatMap((file) => {
    const verdict = verdictOf(file);
    const right = verdict.ok === (file.verdict === 'accept') && (verdict.ok || verdict.code === file.code);
    return right
      ? []
      : [
          `${file.file}: ${verdict.ok ? 'accepted' : `${verdict.code}, ${verdict.message}`}, not ${file.code || 'accepted'}`,
        ];
  });
}
