import { z } from 'zod'
import { plainText } from './input.ts'
import type { Mode } from './link.ts'
import type { ResourceRef } from './resource.ts'

/** The longest that a data ref lives, in seconds. */
export const LONGEST_SECONDS = 900

/** How many refs one `refresh` takes. */
export const MOST_REFS = 100

/** How many bytes of data, as JSON, one `refresh` answers with. */
export const MOST_DATA_BYTES: number = 8 * 1024 * 1024

/** How long a ref is to be good for. */
export interface MintRefInput {
  /** 1 to 900; 900, a quarter of an hour, unless set. It ends with what its reader was given, if that is earlier. */
  ttlSeconds?: number | undefined
}

/** What a data ref is for, once it was found good for whoever brought it. */
export interface VerifiedRef<Type extends string = string> {
  resource: ResourceRef<Type>
  /** What the host calls the data or the asset. */
  ref: string
  mode: Mode
  /** In snapshot mode the one revision that may be given out; null in live mode. */
  revision: string | null
  /** The grant, or the link, that it was minted under; null by ownership or visibility. */
  grantId: string | null
}

/** One ref of a `refresh`: its data as the reader may see it, with a token for it. */
export type RefreshedRef =
  | { ref: string; status: 'ok'; token: string; data: unknown }
  /** The host says that this reader may not see it. */
  | { ref: string; status: 'denied' }
  /** It could not be had: the host was told why, and the reader is not. */
  | { ref: string; status: 'error' }

/** A token of ours holds it, with ids of their greatest length, in any script. */
const BYTES = 1000

/** The host's own name of a piece of data or of an asset. */
export const dataRefSchema: z.ZodType<string> = plainText(BYTES)
  .min(1, 'must not be empty')
  .refine((ref) => new TextEncoder().encode(ref).length <= BYTES, `must be at most ${BYTES} bytes of UTF-8`)

export const dataRefsSchema: z.ZodType<string[]> = z.array(dataRefSchema).max(MOST_REFS)

export const mintRefSchema: z.ZodType<MintRefInput> = z.strictObject({
  ttlSeconds: z.number().int().min(1).max(LONGEST_SECONDS).optional(),
})
