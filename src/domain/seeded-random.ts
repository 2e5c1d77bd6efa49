/** Numbers that look random and are the same on every machine for the same seed.
 *  source: sfc32 of Chris Doty-Humphrey's PractRand, seeded through FNV-1a of the seed's text */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | undefined;

  /** @param seed any text: each gives a sequence of its own */
  constructor(seed: string) {
    this.#a = fnv1a(`a${seed}`);
    this.#b = fnv1a(`b${seed}`);
    this.#c = fnv1a(`c${seed}`);
    // The first words still resemble the seed.
    for (let i = 0; i < 15; i++) this.uniform();
  }

  /** In [0, 1), a multiple of 2^-32. */
  uniform(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  }

  /** Normal with mean 0 and deviation 1, by Marsaglia's polar method. */
  normal(): number {
    const spare = this.#spare;
    if (spare !== undefined) {
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
