import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKeyRing } from '../../src/tokens/keys.ts'
import { createPasses, type LinkPass } from '../../src/tokens/pass.ts'
import { seal, unseal } from '../../src/tokens/seal.ts'
import { sign, verify } from '../../src/tokens/signed.ts'
import { type CapturingStore, openCapturing } from '../support/capture.ts'
import { doc, outcomeOf, type Sample, SECRET, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const ring = createKeyRing(SECRET)

describe('without a statement, resume refuses', () => {
  let base: CapturingStore
  let sharing: Sample
  let token: string
  let pass: string

  beforeAll(async () => {
    base = await openCapturing(STORES[0]!)
    sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 't', ownerId: 'o' })
    const actor = { userId: 'o', tenantId: 't' }
    token = (await sharing.links.create(actor, doc('d'), { visibility: 'public' })).token
    pass = (await sharing.open(token)).pass
  })
  afterAll(() => base.close())

  async function refusedUnasked(texts: Iterable<string>): Promise<number> {
    base.issued.length = 0
    let count = 0
    for (const text of texts) {
      count++
      const outcome = await outcomeOf(() => sharing.resume(text))
      if (outcome !== 'not_found') throw new Error(`${outcome}: ${text}`)
    }
    expect(base.issued).toEqual([])
    return count
  }

  test('nothing that was signed and is not over', async () => {
    base.issued.length = 0
    expect((await sharing.resume(pass)).pass).toBe(pass)
    expect(base.issued).toHaveLength(1)
  })

  test('every single edit of a pass', async () => {
    function* edits(): Generator<string> {
      for (let at = 0; at <= pass.length; at++) {
        const head = pass.slice(0, at)
        for (const character of ['A', 'b', '7', '-', '_', '=', ' ', 'é']) {
          yield head + character + pass.slice(at)
          if (at < pass.length && character !== pass[at]) yield head + character + pass.slice(at + 1)
        }
        if (at < pass.length) yield head + pass.slice(at + 1)
      }
    }
    expect(await refusedUnasked(edits())).toBeGreaterThan(4000)
  })

  test('another spelling of the same bytes', async () => {
    const symbols = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = symbols.indexOf(pass.at(-1)!)
    // 256 bits in 43 symbols leave two bits that decoding ignores.
    const twins = [1, 2, 3].map((bits) => pass.slice(0, -1) + symbols[last ^ bits])
    for (const twin of twins) {
      expect(Buffer.from(twin.slice(-43), 'base64url')).toEqual(Buffer.from(pass.slice(-43), 'base64url'))
    }
    await refusedUnasked([...twins, `${pass}=`, pass.replaceAll('-', '+').replaceAll('_', '/')])
  })

  test('a link token, another prefix, another secret, another purpose, and what is no text', async () => {
    const fields = ['1', 't', 'r', 'l', 'h', '0', 'live', null, 'v', '9999999999999']
    const others: unknown[] = [
      token,
      '',
      sign(createKeyRing('another secret of at least 32 bytes').pass, 'shrp_', fields),
      sign(ring.pass, 'shrd_', fields),
      sign(ring.visitor, 'shrp_', fields),
      sign(ring.pass, 'shrp_', fields.slice(1)),
      sign(ring.pass, 'shrp_', ['2', ...fields.slice(1)]),
      sign(ring.pass, 'shrp_', fields.with(9, '1')),
      'shrp_'.padEnd(5000, 'A'),
      undefined,
      null,
      7,
      [pass],
    ]
    await refusedUnasked(others as string[])
  })
})

describe('a pass', () => {
  const passes = createPasses(ring, 'shr')
  const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((some) => some.isWellFormed())
  const pass: fc.Arbitrary<LinkPass> = fc.record({
    tenantId: text,
    resource: text,
    linkId: text,
    tokenHash: text,
    passwordVersion: fc.nat(),
    mode: text,
    snapshot: fc.option(fc.record({ id: text, takenAt: fc.nat() })),
    userId: fc.option(text),
    viewId: text,
    expiresAt: fc.integer({ min: 1, max: 8_640_000_000_000 }),
  })

  test('comes back as it was, whatever its fields are', () => {
    fc.assert(
      fc.property(pass, (one) => {
        expect(passes.read(passes.mint(one), 0)).toEqual(one)
      }),
    )
  })

  test('is over at its expiry, and not a millisecond earlier', () => {
    fc.assert(
      fc.property(pass, (one) => {
        const minted = passes.mint(one)
        expect(passes.read(minted, one.expiresAt - 1)).not.toBeNull()
        expect(passes.read(minted, one.expiresAt)).toBeNull()
      }),
    )
  })

  test('that was read before is judged by the clock again, and gives nothing to a text like it', () => {
    const one: LinkPass = {
      ...{ tenantId: 't', resource: 'r', linkId: 'l', tokenHash: 'h', passwordVersion: 0, mode: 'live' },
      ...{ userId: null, viewId: 'v', snapshot: null, expiresAt: 1000 },
    }
    const minted = passes.mint(one)
    for (let again = 0; again < 3; again++) {
      expect(passes.read(minted, 999)).toEqual(one)
      expect(passes.read(minted, 1000)).toBeNull()
      for (let at = 0; at < minted.length; at++) {
        const other = minted.slice(0, at) + (minted[at] === 'A' ? 'B' : 'A') + minted.slice(at + 1)
        expect(passes.read(other, 0)).toBeNull()
      }
    }
    expect(
      createPasses(createKeyRing('another secret of at least 32 bytes'), 'shr').read(minted, 0),
    ).toBeNull()
    expect(createPasses(ring, 'other').read(minted, 0)).toBeNull()
  })

  test('of two readers is never one text, however their fields run together', () => {
    const fields = fc.array(fc.option(fc.constantFrom('', '1', ':', ';', '-', '-;', '1:a;', 'é', '0:;')), {
      maxLength: 5,
    })
    fc.assert(
      fc.property(fields, fields, (some, others) => {
        const signed = sign(ring.pass, 'h_', some)
        expect(verify(ring.pass, 'h_', signed)).toEqual(some)
        expect(signed === sign(ring.pass, 'h_', others)).toBe(JSON.stringify(some) === JSON.stringify(others))
      }),
    )
  })
})

describe('a sealed text', () => {
  const any = fc.string({ unit: 'binary' }).filter((some) => some.isWellFormed())

  test('opens in its place only, whole, and under its own purpose', () => {
    fc.assert(
      fc.property(any, any, any, fc.nat(), (text, place, elsewhere, at) => {
        const sealed = seal(ring.seal, text, place)
        expect(unseal(ring.seal, sealed, place)).toBe(text)
        if (elsewhere !== place) expect(unseal(ring.seal, sealed, elsewhere)).toBeNull()
        expect(unseal(ring.pass, sealed, place)).toBeNull()
        expect(unseal(createKeyRing('another secret of at least 32 bytes').seal, sealed, place)).toBeNull()
        const bytes = Buffer.from(sealed.slice(8), 'base64url')
        bytes[at % bytes.length]! ^= 1
        expect(unseal(ring.seal, sealed.slice(0, 8) + bytes.toString('base64url'), place)).toBeNull()
        expect(unseal(ring.seal, sealed.slice(0, at % sealed.length), place)).toBeNull()
      }),
    )
  })

  test('is never sealed twice alike', () => {
    const sealed = Array.from({ length: 200 }, () => seal(ring.seal, 'text', 'place'))
    expect(new Set(sealed).size).toBe(200)
  })
})
