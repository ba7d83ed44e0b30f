import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryStore } from '../../memory-store/index.ts'
import { methodsOf } from '../../support/methods.ts'
import { histories } from './history.ts'
import { sideOn } from './side.ts'

interface Told {
  /** How often each call came to what. */
  outcomes: Map<string, number>
  /** The methods that were called at all. */
  methods: Set<string>
}

async function tellMany(): Promise<Told> {
  const found = new Map<string, number>()
  const methods = new Set<string>()
  const base = { store: memoryStore(), idsWhere: async () => [] }
  for (const [index, history] of fc.sample(histories, { numRuns: 140, seed: 1 }).entries()) {
    const side = sideOn(base, `h${index}-`)
    noteCalls(side.sharing, (method) => methods.add(method))
    for (const { name, run } of history) {
      side.now++
      const outcome = `${name.slice(0, name.indexOf('('))} ${/^\w+/.exec(await run(side))![0]}`
      found.set(outcome, (found.get(outcome) ?? 0) + 1)
    }
  }
  return { outcomes: found, methods }
}

/** Tells of each call by its path, such as `links.create`. */
function noteCalls(object: object, note: (path: string) => void, path = ''): void {
  for (const [name, part] of Object.entries(object)) {
    if (typeof part === 'object' && part !== null) noteCalls(part, note, `${path}${name}.`)
    if (typeof part !== 'function') continue
    Object.assign(object, {
      [name]: (...given: unknown[]) => {
        note(path + name)
        return part(...given)
      },
    })
  }
}

test('histories make every call, and are not refused from end to end', async () => {
  const { outcomes: found, methods } = await tellMany()
  const all = methodsOf(sideOn({ store: memoryStore(), idsWhere: async () => [] }, '').sharing)
  const aside = ['migrate', 'on', 'close']
  expect(all.filter((method) => !methods.has(method))).toEqual(aside)
  const calls = new Set([...found.keys()].map((outcome) => outcome.split(' ')[0]))
  expect(calls.size).toBeGreaterThan(35)
  // What nobody looked up before was mostly answered, or is somebody else's.
  const meant = [...calls].filter((call) => !/Unseen$|^leave$/.test(call!))
  for (const call of meant) expect([call, (found.get(`${call} ok`) ?? 0) > 2]).toEqual([call, true])
  for (const code of ['expired', 'exhausted', 'password_incorrect', 'public_shares_disabled', 'forbidden']) {
    expect([code, found.has(`open ${code}`)]).toEqual([code, true])
  }
  for (const outcome of [
    'import conflict',
    'reveal conflict',
    'register conflict',
    'resume not_found',
    'accept email_mismatch',
    'approveUnseen conflict',
    'add collaborator_limit',
    'refreshSnapshot conflict',
    'refreshSnapshot invalid_input',
    'giveSnapshot conflict',
    'mint forbidden',
    'mint authentication_required',
    'mint storage_unavailable',
    'verify not_found',
    'verify forbidden',
    'verify authentication_required',
    'refresh not_found',
    'fork forbidden',
    'fork authentication_required',
    'fork conflict',
  ]) {
    expect([outcome, found.has(outcome)]).toEqual([outcome, true])
  }
  expect([...found.keys()].filter((outcome) => outcome.endsWith(' host_failed'))).not.toEqual([])
})
