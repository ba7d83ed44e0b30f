import type { Kernel } from './kernel.ts'
import { invalidInput } from './model/input.ts'

const kernels = new WeakMap<object, Kernel>()

/** Notes what a sharing stands on, for the modules that stand on it too. */
export function keepKernel<S extends object>(sharing: S, kernel: Kernel): S {
  kernels.set(sharing, kernel)
  return sharing
}

/** What a sharing stands on. Nothing but the library's own modules is given it. */
export function kernelOf(sharing: unknown): Kernel {
  const kernel = typeof sharing === 'object' && sharing !== null ? kernels.get(sharing as object) : undefined
  if (kernel !== undefined) return kernel
  throw invalidInput([
    { path: 'sharing', message: 'must come from createSharing of this same copy of the package' },
  ])
}
