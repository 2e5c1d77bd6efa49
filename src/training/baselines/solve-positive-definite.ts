/** Solves A x = b by Cholesky's decomposition.
 *  @param matrix shape [n, n], symmetric and positive definite; its lower half is read, and overwritten
 *  @param vector shape [n]
 *  @returns x, shape [n]
 *  source: Golub and Van Loan, Matrix Computations (2013), 4.2 */
export function solvePositiveDefinite(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!;
      matrix[i * n + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * n + j]!;
    }
  }
  const x = vector.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= matrix[i * n + k]! * x[k]!;
    x[i]! /= matrix[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= matrix[k * n + i]! * x[k]!;
    x[i]! /= matrix[i * n + i]!;
  }
  return x;
}
