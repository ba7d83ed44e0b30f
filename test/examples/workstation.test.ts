import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeDocument } from '../../examples/app/documents.ts'
import { type App, STACKS } from '../http/app.ts'

const script = fileURLToPath(new URL('../../examples/workstation/client.ts', import.meta.url))
const ref = { type: 'document', id: 'readme' } as const

interface Client {
  process: ChildProcess
  closed: Promise<unknown>
  /** What it has printed so far. */
  printed(): string
  /** Types lines, and waits for what it prints of them. */
  type(text: string, until: RegExp): Promise<void>
}

describe.each(STACKS)('the command-line client, against $name', ({ start }) => {
  let app: App
  let folder: string
  beforeAll(async () => {
    app = await start({ workstations: {}, clock: undefined })
    folder = await mkdtemp(join(tmpdir(), 'sharegrant-client-'))
  })
  afterAll(async () => {
    await app.close()
    await rm(folder, { recursive: true, force: true })
  })

  function run(email: string, home: string): Client {
    const child = spawn(process.execPath, [script, app.url, email, ref.id, join(folder, home)], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const closed = once(child, 'close')
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
    }
    return {
      process: child,
      closed,
      printed: () => text,
      async type(typed, until) {
        child.stdin.write(typed)
        for (let tries = 0; !until.test(text) && tries < 2000; tries++) {
          if (child.exitCode !== null) break
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        expect(text).toMatch(until)
      },
    }
  }

  test('registers itself, is killed, comes back and restores what it kept', async () => {
    const ada = { userId: 'ada', tenantId: 'acme' } as const
    await app.host.sharing.collaborators.add(ada, ref, { userId: 'ben', role: 'editor' })
    const before = await app.call('GET', '/documents/readme/content', { as: 'ada' })
    const lines = before.text.replace(/\n$/, '').split('\n')
    const count = (more: number) => lines.length + more
    await mkdir(join(folder, 'ben'))
    // As a machine that lost its power leaves it.
    await writeFile(join(folder, 'ben', 'fingerprint'), '')
    const first = run('ben@acme.example', 'ben')
    await first.type('one\ntwo\n', new RegExp(`kept ${count(2)} lines`))
    const fence = /fence (\d+)/.exec(first.printed())![1]
    first.process.kill('SIGKILL')
    await first.closed

    const other = run('ada@acme.example', 'ada')
    await other.closed
    expect(other.printed()).toMatch(/Somebody else is editing this.*"userId":"ben"/)

    const again = run('ben@acme.example', 'ben')
    await again.type('three\n', new RegExp(`kept ${count(3)} lines`))
    expect(again.printed()).toContain(`fence ${fence}\nrestored ${count(2)} lines`)
    expect(again.printed()).toContain(/\(.*\)/.exec(first.printed())![0])
    await again.type('.\n', new RegExp(`written ${count(3)} lines`))
    await again.closed
    const read = await app.call('GET', '/documents/readme/content', { as: 'ada' })
    expect(read.text).toBe([...lines, 'one', 'two', 'three'].join('\n'))
    expect(await readdir(join(folder, 'ben'))).toEqual(['fingerprint'])
    const late = await app.call('PUT', '/documents/readme/content', {
      as: 'ben',
      headers: { 'edit-fence': fence! },
      body: { text: 'too late' },
    })
    expect([late.status, late.body.code]).toEqual([409, 'conflict'])
    expect((await app.host.workstations!.list({ ...ada, userId: 'ben' })).items).toHaveLength(1)
  })
})

test('a write that stalls after its fence was checked does not land on a later session’s', async () => {
  const app = await STACKS[0]!.start({ workstations: {}, clock: undefined })
  const { sharing, database } = app.host
  const workstations = app.host.workstations!
  const ada = { userId: 'ada', tenantId: 'acme' } as const
  const ben = { userId: 'ben', tenantId: 'acme' } as const
  await sharing.collaborators.add(ada, ref, { userId: 'ben', role: 'editor' })
  const at = async (actor: typeof ada | typeof ben) => ({
    workstationId: (await workstations.register(actor, { name: 'Laptop', fingerprint: 'f1' })).id,
  })
  const write = (on: typeof workstations, actor: typeof ada | typeof ben, fence: number, text: string) =>
    writeDocument(database.queries, sharing, on, { id: ref.id, fence: String(fence), actor }, { text })
  const first = await workstations.edits.begin(ben, ref, await at(ben))
  const resume = Promise.withResolvers<void>()
  const check: typeof workstations.edits.check = async (...asked) => {
    const held = await workstations.edits.check(...asked)
    checked.resolve(held)
    await resume.promise
    return held
  }
  const checked = Promise.withResolvers<boolean>()
  const stalling = { ...workstations, edits: { ...workstations.edits, check } }
  const late = expect(write(stalling, ben, first.fence, 'late')).rejects.toMatchObject({ code: 'conflict' })
  expect(await checked.promise).toBe(true)
  const second = await workstations.edits.takeOver(ada, ref, await at(ada))
  await write(workstations, ada, second.fence, 'newer')
  resume.resolve()
  await late
  const read = await app.call('GET', '/documents/readme/content', { as: 'ada' })
  expect(read.text).toBe('newer')
  await write(workstations, ada, second.fence, 'newest')
  await app.close()
})
