import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { type LinkFacts, TokenTaken } from '../store/index.ts'
import { hashToken } from '../tokens/link-token.ts'
import { seal } from '../tokens/seal.ts'

/** A token with the two forms in which a store may know it. */
export interface StoredToken {
  token: string
  tokenHash: string
  sealedToken: string | null
}

/** Where a sealed token belongs: the same bytes in another link's row do not open. */
export const sealPlace = (link: Pick<LinkFacts, 'tenantId' | 'id'>): string => `${link.tenantId}\n${link.id}`

export function storedToken(
  kernel: Kernel,
  link: Pick<LinkFacts, 'tenantId' | 'id'>,
  token: string,
): StoredToken {
  return {
    token,
    tokenHash: hashToken(token),
    sealedToken: kernel.sealTokens ? seal(kernel.keys.seal, token, sealPlace(link)) : null,
  }
}

const TRIES = 3

/** Runs `make` with a fresh token, again where its hash exists already, and fails after three tries. */
export async function withFreshToken<R>(kernel: Kernel, make: (token: string) => Promise<R>): Promise<R> {
  for (let tries = 1; ; tries++) {
    try {
      return await make(kernel.tokens.mint())
    } catch (error) {
      if (!(error instanceof TokenTaken)) throw error
      // Three collisions of 256 random bits are no chance: the source of randomness is broken.
      if (tries >= TRIES) throw new SharingError('storage_unavailable', { details: 'tokens keep colliding' })
    }
  }
}
