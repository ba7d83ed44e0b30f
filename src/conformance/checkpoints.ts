import assert from 'node:assert/strict'
import type { ConformanceCase } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { ref, stationCasesOf } from './workstations-world.ts'
import { ACTORS, documentRef, HOUR, MINUTE } from './world.ts'

const { ann, bob, ada, eve, ed, zoe } = ACTORS

/** What JSON can hold, down to what databases and encoders like to change. */
const CONTENTS: readonly unknown[] = [
  null,
  '',
  'a "text" with \u0000, \u2028, \ud83d\ude00, \ud800 and \\u0041',
  [1, -1.5, 1e300, 0.1, [], {}, [[null]]],
  { b: 1, a: { '': 2, 'with space': true }, 10: 'ten', 2: 'two' },
  JSON.parse('{"__proto__":{"x":1},"constructor":2}'),
  { toJSON: 1 },
]

/** Small to hold, and as JSON longer than anything. */
function manyTimes(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value, value]
  return value
}

export const checkpoints: readonly ConformanceCase[] = stationCasesOf('checkpoints', {
  'give back to the byte what was saved': async (world) => {
    const stations = world.stationsWith({ checkpointMaxPerItem: 10 })
    await world.shared()
    const { id } = await world.edits(bob)
    for (const content of CONTENTS) {
      const saved = await stations.checkpoints.save(bob, id, content)
      const read = await stations.checkpoints.get(ann, saved.id)
      assert.equal(JSON.stringify(read.content), JSON.stringify(content))
      assert.equal(saved.bytes, Buffer.byteLength(JSON.stringify(content)))
      const { content: _, ...rest } = read
      assert.deepEqual(rest, saved)
    }
  },
  'are listed newest first, and the oldest of too many goes': async (world) => {
    const { stations, clock } = world
    await world.shared()
    const edit = await world.edits(bob)
    const saved: string[] = []
    for (let number = 0; number < 7; number++) {
      const made = await stations.checkpoints.save(bob, edit.id, { number })
      assert.deepEqual(made, {
        id: made.id,
        resource: ref,
        editId: edit.id,
        fence: edit.fence,
        workstationId: edit.workstationId,
        userId: 'bob',
        bytes: 12,
        savedAt: clock.now,
        expiresAt: new Date(clock.now.getTime() + 168 * HOUR),
      })
      saved.unshift(made.id)
      if (number % 2 === 0) clock.pass(MINUTE)
    }
    const listed = await stations.checkpoints.list(ann, ref)
    assert.deepEqual(
      listed.map(({ id }) => id),
      saved.slice(0, 5),
    )
    await refused('not_found', stations.checkpoints.get(ann, saved[5]!))
    assert.deepEqual((await stations.checkpoints.get(ann, saved[0]!)).content, { number: 6 })
    const fewer = world.stationsWith({ checkpointMaxPerItem: 2 })
    assert.equal((await fewer.checkpoints.list(ann, ref)).length, 2)
    await fewer.checkpoints.save(bob, edit.id, {})
    assert.equal((await stations.checkpoints.list(ann, ref)).length, 2)
  },
  'stay when their session ends, for whoever edits next, until their time is over': async (world) => {
    const { stations, clock } = world
    await world.shared()
    const { id } = await world.edits(bob)
    const saved = await stations.checkpoints.save(bob, id, 'unfinished')
    clock.pass(15 * MINUTE)
    await refused('conflict', stations.checkpoints.save(bob, id, 'late'))
    await world.edits(ann)
    clock.at(saved.expiresAt.getTime() - 1)
    assert.equal((await stations.checkpoints.get(ann, saved.id)).content, 'unfinished')
    clock.pass(1)
    await refused('not_found', stations.checkpoints.get(ann, saved.id))
    assert.deepEqual(await stations.checkpoints.list(ann, ref), [])
  },
  'are read by those who may edit, and nobody else': async (world) => {
    const { stations, sharing } = world
    await world.shared()
    await sharing.collaborators.add(ann, ref, { userId: 'vera', role: 'viewer' })
    const { id: editId } = await world.edits(bob)
    const { id } = await stations.checkpoints.save(bob, editId, 'secret')
    const vera = { userId: 'vera', tenantId: 'acme' }
    await refused('forbidden', stations.checkpoints.get(vera, id))
    await refused('forbidden', stations.checkpoints.list(vera, ref))
    for (const stranger of [ada, eve, ed, zoe, { ...ann, tenantId: 'rival' }]) {
      await refused('not_found', stations.checkpoints.get(stranger, id))
      await refused('not_found', stations.checkpoints.list(stranger, ref))
    }
    await refused('not_found', stations.checkpoints.get(ann, 'unknown'))
    await refused('not_found', stations.checkpoints.list(ann, documentRef('unknown')))
    await sharing.resources.update(ref, { traits: ['live', 'archived'] })
    await refused('forbidden', stations.checkpoints.get(bob, id))
  },
  'what is no JSON, or too much of it, is refused and leaves what is there': async (world) => {
    await world.shared()
    const stations = world.stationsWith({ checkpointMaxBytes: 100 })
    const { id } = await world.edits(bob)
    const kept = await stations.checkpoints.save(bob, id, 'x'.repeat(98))
    const circle: unknown[] = []
    circle.push(circle)
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)
    for (const [path, content] of [
      ['content', undefined],
      ['content', Number.NaN],
      ['content', 1n],
      ['content', () => 1],
      ['content', new Date(0)],
      ['content', new Map()],
      ['content', circle],
      ['content', deep],
      ['content', 'x'.repeat(99)],
      ['content', '\u00e9'.repeat(50)],
      ['content.a.1', { a: [1, undefined] }],
      ['content', { toJSON: () => 1 }],
      ['content', Object.assign([1], { toJSON: () => undefined })],
      ['content.a', { a: -0 }],
      ['content.a', { a: new Date(0) }],
      ['content.Symbol(s)', { [Symbol('s')]: 1 }],
      ['content.x', Object.defineProperty({}, 'x', { value: 1 })],
      ['content.x', Object.assign([1], { x: 1 })],
      ['content.1', Object.assign([1], { 2: 1 })],
      [
        'content.x',
        {
          get x() {
            return 1
          },
        },
      ],
      ['content', manyTimes(64)],
    ] as const) {
      await refusedField(path, stations.checkpoints.save(bob, id, content))
    }
    assert.deepEqual(
      (await stations.checkpoints.list(bob, ref)).map((one) => one.id),
      [kept.id],
    )
  },
})
