import { z } from 'zod'
import { invalidInput, moment, plainText } from './input.ts'

/** One page of a list. Give `nextCursor` back as `cursor` for the page after it; null means that this is the last. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** How much of a list, and from where. */
export interface PageInput {
  /** 1 to 100; 50 unless set. */
  limit?: number | undefined
  cursor?: string | undefined
}

export const pageShape: {
  limit: z.ZodOptional<z.ZodNumber>
  cursor: z.ZodOptional<z.ZodString>
} = {
  limit: z.number().int().min(1).max(100).optional(),
  cursor: plainText(600).optional(),
}

/** A place in a list that is ordered by a moment and then an id, newest first. */
export interface Position {
  at: Date
  id: string
}

/** What a store is asked for: the rows after a place, and one more than a page to see whether there is a next. */
export interface Keyset {
  after: Position | null
  limit: number
}

export function keysetOf(input: PageInput): Keyset {
  return { after: input.cursor === undefined ? null : decodeCursor(input.cursor), limit: input.limit ?? 50 }
}

export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  position: (row: Row) => Position,
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(item),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(position(last)) : null,
  }
}

function encodeCursor({ at, id }: Position): string {
  return Buffer.from(`${at.getTime()}:${id}`).toString('base64url')
}

function decodeCursor(cursor: string): Position {
  const match = /^(-?\d{1,16}):([^\u0000-\u001f]{1,300})$/.exec(Buffer.from(cursor, 'base64url').toString())
  const at = new Date(Number(match?.[1] ?? Number.NaN))
  if (!match?.[2] || !moment.safeParse(at).success) {
    throw invalidInput([{ path: 'options.cursor', message: 'must be a nextCursor of this list' }])
  }
  return { at, id: match[2] }
}
