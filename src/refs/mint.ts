import { isSharingError, SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import type { Access } from '../model/access.ts'
import {
  dataRefSchema,
  dataRefsSchema,
  LONGEST_SECONDS,
  type MintRefInput,
  MOST_DATA_BYTES,
  mintRefSchema,
  type RefreshedRef,
} from '../model/data-ref.ts'
import { parse } from '../model/input.ts'
import { jsonText } from '../model/json.ts'
import { gather } from './gather.ts'
import { holderIn, type Reading, readAgain, readingOf } from './reading.ts'
import { checkResolvable, resolveOne } from './resolve.ts'

/** Makes a token for one piece of data, or asset, once the host has said that the reader may see it. */
export async function mintRef(
  kernel: Kernel,
  access: Access,
  refInput: string,
  input: MintRefInput = {},
): Promise<string> {
  const ref = parse(dataRefSchema, refInput, 'ref')
  const { ttlSeconds = LONGEST_SECONDS } = parse(mintRefSchema, input, 'options')
  const reading = await readingOf(kernel, access)
  checkResolvable(reading)
  // Nothing of the data is handed on, but what `refresh` would not give is no data.
  const { status } = await resolveOne(kernel, reading, ref, jsonOf)
  if (status === 'denied') throw new SharingError('forbidden')
  if (status === 'error') {
    throw new SharingError('storage_unavailable', {
      message: 'This cannot be had at the moment. Try again later.',
    })
  }
  await readAgain(kernel, access, reading)
  const token = tokenFor(kernel, reading, ref, ttlSeconds)
  if (token === null) throw new SharingError('not_found')
  return token
}

/** Asks for many at once: each has its own answer, in the order in which they were asked for. */
export async function refresh(
  kernel: Kernel,
  access: Access,
  refsInput: readonly string[],
): Promise<RefreshedRef[]> {
  const refs = parse(dataRefsSchema, refsInput, 'refs')
  const reading = await readingOf(kernel, access)
  checkResolvable(reading)
  const stillTheirs = async (): Promise<boolean> => {
    try {
      await readAgain(kernel, access, reading)
      return true
    } catch (error) {
      if (isSharingError(error) && error.status < 500) return false
      throw error
    }
  }
  const sizes = new Map<string, number>()
  const answers = await gather(refs, {
    atOnce: kernel.resolving.atOnce,
    goesOn: stillTheirs,
    answer: (ref, late) => refreshOne(kernel, reading, ref, late, (bytes) => void sizes.set(ref, bytes)),
  })
  const theirs = refs.length === 0 || (await stillTheirs())
  let left = MOST_DATA_BYTES
  const given = refs.map((ref): RefreshedRef => {
    const answer = answers.get(ref)!
    if (answer.status !== 'ok') return { ...answer }
    if (!theirs) return { ref, status: 'denied' }
    left -= sizes.get(ref)!
    return left < 0 ? { ref, status: 'error' } : { ...answer }
  })
  if (left < 0) {
    kernel.reportError(new RangeError(`refresh answers with ${MOST_DATA_BYTES} bytes of data at the most`))
  }
  return given
}

async function refreshOne(
  kernel: Kernel,
  reading: Reading,
  ref: string,
  late: (settled: Promise<void>) => void,
  measured: (bytes: number) => void,
): Promise<RefreshedRef> {
  const ready = (data: unknown): unknown => {
    const text = handedOn(kernel, reading, data)
    measured(Buffer.byteLength(text))
    return JSON.parse(text)
  }
  const resolved = await resolveOne(kernel, reading, ref, ready, late)
  if (resolved.status !== 'ok') return { ref, status: resolved.status }
  const token = tokenFor(kernel, reading, ref, LONGEST_SECONDS)
  // What lets them read has ended while the host was asked.
  return token === null ? { ref, status: 'denied' } : { ref, status: 'ok', token, data: resolved.data }
}

/** What a resolver gave, as JSON, of no more than one answer may have: that is known before it is looked through. */
const jsonOf = (data: unknown): string =>
  jsonText(data, 'what resolve gave', {
    mostBytes: MOST_DATA_BYTES,
    tooLarge: `is more than ${MOST_DATA_BYTES} bytes of JSON: give a reference to what is large`,
    exact: false,
  })

/** The data as its reader gets it, as JSON: made once, so that what is looked through is what is handed on. */
function handedOn(kernel: Kernel, reading: Reading, data: unknown): string {
  const text = jsonOf(data)
  const holder = holderIn(reading)
  const isTheirs = (token: string): boolean => {
    const ref = kernel.dataRefs.read(token, Number.NEGATIVE_INFINITY)
    return ref?.holder === holder && ref.grantId === reading.grantId
  }
  if (kernel.ours.in(text, isTheirs)) {
    throw new TypeError('resolve gave data with a token in it that was not made for its reader')
  }
  return text
}

/** A data ref of a reader's own; null where what lets them read is over. */
function tokenFor(kernel: Kernel, reading: Reading, ref: string, seconds: number): string | null {
  const { resource, mode, revision, grantId, source, role, link, endsAt } = reading
  const now = kernel.clock().getTime()
  if (endsAt !== null && endsAt <= now) return null
  return kernel.dataRefs.mint({
    type: resource.type,
    id: resource.id,
    resourceUid: resource.uid,
    mode,
    revision,
    ref,
    holder: holderIn(reading),
    grantId,
    source,
    role,
    link,
    expiresAt: Math.min(now + seconds * 1000, endsAt ?? Number.POSITIVE_INFINITY),
  })
}
