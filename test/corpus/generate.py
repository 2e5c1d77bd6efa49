"""Writes the hostile corpus: files that the checkpoint reader must accept or refuse, with manifest.json.

    python test/corpus/generate.py --out DIR

Needs torch and numpy. The same torch writes the same bytes. No file does harm: what would run, if a reader
ever called it, is `touch "$DL_TRADE_CORPUS_MARKER"`, and the tests assert that no such file appears.
"""

import argparse
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import foreign  # noqa: E402
import sound  # noqa: E402
import unsound_pickle  # noqa: E402
import unsound_values  # noqa: E402
import unsound_zip  # noqa: E402
from corpus import Corpus  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="the folder to write into; made where it is missing")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    corpus = Corpus(arguments.out)
    sound.add_all(corpus)
    foreign.add_all(corpus)
    foreign.objects(corpus)
    unsound_zip.add_all(corpus)
    unsound_pickle.add_all(corpus)
    unsound_values.add_all(corpus)
    entries = corpus.write_manifest()
    accepted = sum(entry["verdict"] == "accept" for entry in entries)
    print(f"{accepted} files to accept and {len(entries) - accepted} to refuse in {arguments.out}")


if __name__ == "__main__":
    main()
