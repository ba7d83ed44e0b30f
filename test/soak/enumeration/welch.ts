/** How far apart the means of two samples lie: in standard errors (Welch's t), as they are, and of the second mean. */
export interface Difference {
  t: number
  apart: number
  share: number
}

export function welch(a: readonly number[], b: readonly number[]): Difference {
  const one = momentsOf(a)
  const other = momentsOf(b)
  const apart = one.mean - other.mean
  const error = Math.sqrt(one.variance / a.length + other.variance / b.length)
  return { t: error === 0 ? 0 : apart / error, apart, share: apart / other.mean }
}

function momentsOf(sample: readonly number[]): { mean: number; variance: number } {
  const mean = sample.reduce((sum, one) => sum + one, 0) / sample.length
  const variance = sample.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, sample.length - 1)
  return { mean, variance }
}

/** Both samples without what took longer than this share of all of them: what a busy machine did meanwhile. */
export function cropped(
  a: readonly number[],
  b: readonly number[],
  share: number,
): [readonly number[], readonly number[]] {
  const all = [...a, ...b].sort((one, other) => one - other)
  const limit = all[Math.min(all.length - 1, Math.floor(all.length * share))]!
  const kept = (sample: readonly number[]): readonly number[] => sample.filter((one) => one <= limit)
  return [kept(a), kept(b)]
}
