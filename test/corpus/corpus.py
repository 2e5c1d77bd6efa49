"""Collects the files of the corpus and what the reader must say of each."""

import json
from pathlib import Path


class Corpus:
    def __init__(self, out):
        self.out = Path(out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.entries = {}

    def _add(self, name, data, entry):
        file = f"{entry['verdict']}-{entry['rule']}-{name}.pth"
        if file in self.entries:
            raise ValueError(f"two files are named {file}")
        (self.out / file).write_bytes(data)
        self.entries[file] = {"file": file, **entry}

    def accept(self, rule, name, data, what=""):
        self._add(name, data, {"rule": rule, "verdict": "accept", "code": "", "what": what or name})

    def refuse(self, rule, name, code, data, what=""):
        self._add(name, data, {"rule": rule, "verdict": "refuse", "code": code, "what": what or name})

    def path(self, rule, name):
        """For makers that must write a file themselves; register it with `accept_file`."""
        return self.out / f"accept-{rule}-{name}.pth"

    def write_manifest(self):
        entries = [self.entries[file] for file in sorted(self.entries)]
        (self.out / "manifest.json").write_text(json.dumps(entries, indent=1) + "\n")
        return entries
