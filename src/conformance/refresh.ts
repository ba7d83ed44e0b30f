import assert from 'node:assert/strict'
import type { Access } from '../model/access.ts'
import type { Actor } from '../model/actor.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce, refused, refusedField } from './expect.ts'
import { bearer, liveHost } from './live.ts'
import { ACTORS, documentRef, HOUR } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()
const owners: Access<'document'> = { actor: ann, resource: ref }

export const refreshing: ConformanceCase[] = casesOf('refresh', {
  'answers each ref by itself, in the order asked, and asks once for one that is named twice': async (
    world,
  ) => {
    const { sharing, asked } = liveHost(world, ({ ref: piece, accessDenied }) => {
      if (piece === 'broken') throw new Error('swordfish')
      return piece === 'hidden' ? accessDenied : { piece, at: new Date(0), nothing: undefined }
    })
    await world.document()
    const answers = await sharing.refresh(owners, ['rows', 'hidden', 'broken', 'chart', 'rows'])
    const shown = answers.map((answer) => (answer.status === 'ok' ? { ...answer, token: 'a token' } : answer))
    const ok = (piece: string) => ({
      ...{ ref: piece, status: 'ok', token: 'a token' },
      data: { piece, at: '1970-01-01T00:00:00.000Z' },
    })
    const expected = [
      ok('rows'),
      { ref: 'hidden', status: 'denied' },
      { ref: 'broken', status: 'error' },
      ok('chart'),
      ok('rows'),
    ]
    assert.deepEqual(shown, expected)
    assert.equal(asked.length, 4)
    for (const answer of answers) {
      if (answer.status !== 'ok') continue
      assert.equal((await sharing.refs.verify(answer.token, ann)).ref, answer.ref)
    }
    assert.deepEqual(await sharing.refresh(owners, []), [])
  },
  'shows everybody their own: inside the tenant as themselves, outside and unknown as nobody': async (
    world,
  ) => {
    const { sharing } = liveHost(world, ({ as }) => as)
    await world.document('d1', { visibility: 'public' })
    await sharing.policies.set(ada, { allowGuests: true })
    await sharing.collaborators.add(ann, ref, { userId: 'eve', role: 'commenter' })
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'commenter' })
    const { token } = await world.link()
    const { token: inside } = await world.link({ visibility: 'account' })
    const as = async (access: Access<'document'>): Promise<unknown> => {
      const [answer] = await sharing.refresh(access, ['rows'])
      assert.equal(answer?.status, 'ok')
      return answer?.status === 'ok' ? answer.data : 'none'
    }
    for (const actor of [ann, bob, ada]) {
      assert.deepEqual(await as({ actor, resource: ref }), actor)
      const { pass } = await sharing.attach(actor, ref)
      assert.deepEqual(await as({ pass, visitor: { actor } }), actor)
      assert.deepEqual(await as(await bearer({ sharing }, token, actor)), actor)
      assert.deepEqual(await as(await bearer({ sharing }, inside, actor)), actor)
    }
    const outside: Actor[] = [eve, zoe, root, { ...ann, tenantId: 'rival' }, { ...ann, tenantId: null }]
    for (const actor of outside) {
      assert.equal(await as({ actor, resource: ref }), null)
      assert.equal(await as(await bearer({ sharing }, token, actor)), null)
    }
    assert.equal(await as(await bearer({ sharing }, token)), null)
  },
  'a personal resource shows its owner their own': async (world) => {
    const { sharing } = liveHost(world, ({ as }) => as)
    await world.document('mine', { tenantId: null, ownerId: 'zoe' })
    const [answer] = await sharing.refresh({ actor: zoe, resource: documentRef('mine') }, ['rows'])
    assert.deepEqual(answer?.status === 'ok' ? answer.data : null, zoe)
  },
  'a resolver that hangs, gives nothing or what is no JSON is its own ref’s error': async (world) => {
    const circle: unknown[] = []
    circle.push(circle)
    const bad: Record<string, () => unknown> = {
      nothing: () => undefined,
      function: () => () => 1,
      symbol: () => Symbol('s'),
      bigint: () => ({ n: 1n }),
      circle: () => circle,
      getter: () => ({
        get secret(): never {
          throw new Error('swordfish')
        },
      }),
      null: () => Promise.reject(null),
      hangs: () => new Promise(() => {}),
    }
    const signals: AbortSignal[] = []
    const { sharing, errors } = liveHost(
      world,
      ({ ref: piece, signal }) => {
        if (piece === 'hangs') signals.push(signal)
        return piece in bad ? bad[piece]!() : piece
      },
      { resolving: { timeoutMs: 25, atOnce: 2 } },
    )
    await world.document()
    const answers = await sharing.refresh(owners, ['hangs', ...Object.keys(bad), 'rows'])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [...atOnce(Object.keys(bad).length + 1, () => 'error'), 'ok'],
    )
    assert.equal(errors.length, Object.keys(bad).length)
    assert.equal(signals[0]?.aborted, true)
    assert.doesNotMatch(JSON.stringify(answers), /swordfish/)
  },
  'what JSON has no form for is its own ref’s error, with its place; undefined properties are left out':
    async (world) => {
      const bad: Record<string, unknown> = {
        map: new Map([[1, 2]]),
        set: new Set([1]),
        'not a number': { rows: [Number.NaN] },
        'no end': [Number.POSITIVE_INFINITY],
        error: new Error('swordfish'),
        promise: { rows: Promise.resolve(1) },
        bytes: new Uint8Array([1, 2]),
        buffer: { image: Buffer.from('x') },
        instance: new (class Row {
          id = 1
        })(),
        hole: [1, undefined],
        date: { at: new Date(Number.NaN) },
        function: { rows: () => 1 },
      }
      const good: Record<string, [unknown, unknown]> = {
        left: [{ a: undefined, b: [1] }, { b: [1] }],
        dates: [{ at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
        written: [{ toJSON: () => ({ a: 1 }) }, { a: 1 }],
        'minus nought': [{ rounded: -0 }, { rounded: 0 }],
        bare: [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
        null: [null, null],
      }
      const { sharing, errors } = liveHost(world, ({ ref: piece }) =>
        piece in bad ? bad[piece] : good[piece]![0],
      )
      await world.document()
      const answers = await sharing.refresh(owners, [...Object.keys(bad), ...Object.keys(good)])
      assert.deepEqual(
        answers.map((answer) => (answer.status === 'ok' ? answer.data : answer.status)),
        [...Object.keys(bad).map(() => 'error'), ...Object.values(good).map(([, given]) => given)],
      )
      assert.equal(errors.length, Object.keys(bad).length)
      assert.match(String(errors[2]), /what resolve gave\.rows\.0 must be a finite number/)
      assert.doesNotMatch(JSON.stringify(answers), /swordfish/)
      for (const piece of Object.keys(bad)) {
        await refused('storage_unavailable', sharing.refs.mint(owners, piece))
      }
      for (const piece of Object.keys(good)) await sharing.refs.mint(owners, piece)
    },
  'a refusal of ours that a resolver lets pass is a denial': async (world) => {
    const { sharing, errors } = liveHost(world, async ({ as, ref: id }) => {
      await world.sharing.authorize(as, 'view', documentRef(id))
      return id
    })
    await world.document()
    await world.document('d2', { ownerId: 'bob' })
    const answers = await sharing.refresh(owners, ['d1', 'd2', 'd3'])
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['ok', 'denied', 'denied'],
    )
    assert.equal(errors.length, 0)
  },
  'asks for several at once, and never for more than it is set to': async (world) => {
    let now = 0
    let most = 0
    const { sharing } = liveHost(
      world,
      async () => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 2))
        now--
        return 'data'
      },
      { resolving: { atOnce: 3 } },
    )
    await world.document()
    const refs = atOnce(20, String)
    const answers = await sharing.refresh(owners, refs)
    assert.deepEqual(
      answers.map((answer) => answer.ref),
      refs,
    )
    assert.equal(most, 3)
  },
  'a token of ours in the data is an error, unless it was made for this very reader': async (world) => {
    const tokens: Record<string, string> = {}
    const { sharing, errors } = liveHost(world, ({ ref: piece }) => ({
      rows: [{ text: `see /files/${tokens[piece] ?? 'nothing'}` }],
    }))
    await world.document()
    await world.document('d2')
    const link = await world.link()
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
    await sharing.collaborators.add(ann, documentRef('d2'), { userId: 'bob', role: 'viewer' })
    const bobs: Access<'document'> = { actor: bob, resource: ref }
    tokens['link'] = link.token
    tokens['pass'] = (await sharing.open(link.token)).pass
    tokens['attached'] = (await sharing.attach(ann, ref)).pass
    tokens['owners'] = await sharing.refs.mint(owners, 'a')
    tokens['elsewhere'] = await sharing.refs.mint({ actor: bob, resource: documentRef('d2') }, 'a')
    tokens['by link'] = await sharing.refs.mint(await bearer({ sharing }, link.token, bob), 'a')
    tokens['own'] = await sharing.refs.mint(bobs, 'a')
    tokens['altered'] = `${tokens['own'].slice(0, -1)}_`
    tokens['own, and more'] = `${tokens['own']} ${link.token}`
    const answers = await sharing.refresh(bobs, [...Object.keys(tokens), 'none'])
    const fine = answers.filter(({ status }) => status === 'ok').map((answer) => answer.ref)
    assert.deepEqual(fine, ['own', 'none'])
    assert.equal(errors.length, Object.keys(tokens).length - 1)
    const text = JSON.stringify(answers)
    for (const [name, token] of Object.entries(tokens)) {
      if (!name.startsWith('own')) assert.ok(!text.includes(token), name)
    }
  },
  'an older system’s token in the data is one of ours, however its form is anchored': async (world) => {
    const legacy = `old-${'a1'.repeat(16)}`
    for (const legacyTokens of [/old-[a-z0-9]{32}/, /^old-[^$A-Z]{32}$/]) {
      const { sharing, errors } = liveHost(
        world,
        ({ ref: piece }) => (piece === 'link' ? `see ${legacy}.` : 'see old-fashioned'),
        { legacyTokens },
      )
      await world.document()
      const answers = await sharing.refresh(owners, ['link', 'rows'])
      assert.deepEqual(
        answers.map(({ status }) => status),
        ['error', 'ok'],
      )
      assert.equal(errors.length, 1)
    }
  },
  'tells the host what a resource was called then, where its reader sees it as it was': async (world) => {
    const { sharing, asked } = liveHost(world)
    await world.document('d1', { title: 'Before' })
    const taken = world.clock.now
    const SNAPSHOT = { mode: 'snapshot' } as const
    const link = await sharing.links.create(ann, ref, { visibility: 'public', ...SNAPSHOT })
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer', ...SNAPSHOT })
    const { pass } = await sharing.attach(bob, ref)
    world.clock.pass(HOUR)
    await sharing.resources.update(ref, { title: 'After' })
    const past: Array<Access<'document'>> = [
      await bearer({ sharing }, link.token),
      { pass, visitor: { actor: bob } },
      { actor: bob, resource: ref },
    ]
    for (const access of [...past, owners]) {
      await sharing.refresh(access, ['rows'])
      await sharing.refs.mint(access, 'cover')
    }
    assert.deepEqual(
      asked.map(({ resource: { title, updatedAt } }) => [title, updatedAt]),
      [...atOnce(6, () => ['Before', taken]), ...atOnce(2, () => ['After', world.clock.now])],
    )
  },
  'is refused as a whole where its reader has nothing in hand': async (world) => {
    const { sharing, asked } = liveHost(world)
    await world.document()
    const link = await world.link()
    const access = await bearer({ sharing }, link.token)
    await refused('not_found', sharing.refresh({ actor: bob, resource: ref }, ['rows']))
    await sharing.links.revoke(ann, link.id)
    await refused('not_found', sharing.refresh(access, ['rows']))
    assert.equal(asked.length, 0)
    await refused('not_found', sharing.refresh({ pass: 'none' }, []))
  },
  'what ends while the host is asked is denied from then on': async (world) => {
    const { sharing } = liveHost(world, ({ ref: piece }) => {
      if (piece === 'slow') world.clock.pass(HOUR)
      return piece
    })
    await world.document()
    const expiresAt = new Date(world.clock.now.getTime() + HOUR)
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer', expiresAt })
    const answers = await sharing.refresh({ actor: bob, resource: ref }, ['slow', 'rows'])
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['denied', 'denied'],
    )
  },
  'what is taken away while the host is asked is denied, and nothing more is asked for': async (world) => {
    const started: string[] = []
    let end = async (): Promise<unknown> => null
    const { sharing } = liveHost(
      world,
      async ({ ref: piece }) => {
        started.push(piece)
        if (piece === 'slow') await end()
        return piece
      },
      { resolving: { atOnce: 1 } },
    )
    await world.document()
    const ends: Array<(access: Access<'document'>) => Promise<void>> = [
      async (access) => {
        assert.deepEqual(await statuses(access), ['denied', 'denied', 'denied'])
        assert.deepEqual(started, ['first', 'slow'])
      },
      async (access) => {
        await refused('not_found', sharing.refs.mint(access, 'slow'))
      },
    ]
    const statuses = async (access: Access<'document'>) =>
      (await sharing.refresh(access, ['first', 'slow', 'rows'])).map(({ status }) => status)
    for (const isDenied of ends) {
      started.length = 0
      const link = await world.link()
      end = () => sharing.links.revoke(ann, link.id)
      await isDenied(await bearer({ sharing }, link.token))
      for (const change of ['remove', 'setRole'] as const) {
        started.length = 0
        const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'editor' })
        end = () =>
          change === 'remove'
            ? sharing.collaborators.remove(ann, id)
            : sharing.collaborators.setRole(ann, id, 'viewer')
        await isDenied({ actor: bob, resource: ref })
      }
    }
  },
  'one that is late keeps its place until it is done, and without places the others are errors': async (
    world,
  ) => {
    let running = 0
    let most = 0
    const finish: Array<() => void> = []
    const { sharing, asked } = liveHost(
      world,
      async ({ ref: piece }) => {
        most = Math.max(most, ++running)
        if (piece.startsWith('hangs')) await new Promise<void>((resolve) => finish.push(resolve))
        running--
        return piece
      },
      { resolving: { atOnce: 2, timeoutMs: 20 } },
    )
    await world.document()
    const statuses = async (refs: string[]) =>
      (await sharing.refresh(owners, refs)).map(({ status }) => status)
    assert.deepEqual(await statuses(['hangs', 'a', 'b', 'c']), ['error', 'ok', 'ok', 'ok'])
    for (const one of finish) one()
    const hanging = atOnce(10, (index) => `hangs ${index}`)
    assert.deepEqual(
      await statuses([...hanging, 'a']),
      atOnce(11, () => 'error'),
    )
    assert.deepEqual([asked.length, most], [6, 2])
    for (const one of finish) one()
  },
  'answers with so much data, of each that is asked for, and the others are errors': async (world) => {
    const MEBIBYTE = 1024 * 1024
    const { sharing, errors } = liveHost(world, ({ ref: piece }) =>
      piece === 'small' ? 1 : 'ü'.repeat((3 * MEBIBYTE) / 2),
    )
    await world.document()
    const statuses = async (refs: string[]) =>
      (await sharing.refresh(owners, refs)).map(({ status }) => status)
    assert.deepEqual(await statuses(['large', 'large', 'small']), ['ok', 'ok', 'ok'])
    assert.equal(errors.length, 0)
    assert.deepEqual(await statuses(['small', 'large', 'large', 'large', 'small']), [
      ...['ok', 'ok', 'ok', 'error', 'error'],
    ])
    assert.equal(errors.length, 1)
  },
  'names the field of bad input, and takes up to a hundred': async (world) => {
    const { sharing } = liveHost(world)
    await world.document()
    assert.equal((await sharing.refresh(owners, atOnce(100, String))).length, 100)
    await refusedField('refs', sharing.refresh(owners, atOnce(101, String)))
    await refusedField('refs.1', sharing.refresh(owners, ['rows', '']))
    await refusedField('refs.0', sharing.refresh(owners, ['x'.repeat(1001)]))
    await refusedField('refs', sharing.refresh(owners, 'rows' as never))
    await refusedField('access', sharing.refresh({} as never, ['rows']))
  },
})
