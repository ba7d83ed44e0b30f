import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { startPostgres } from '../test/support/postgres-server.ts'
import { barePostgres, bareSqlite } from './bare.ts'
import { type Contender, compare, inFlight } from './measure.ts'
import { type Bench, LINKS, owner, prepare, visitor } from './prepare.ts'

const key = createSecretKey(randomBytes(32))
/** The hashing that a signed pass costs at the least. */
const signature = (text: string) => createHmac('sha256', key).update(text).digest('base64url')

const lines: string[] = []
async function line(operation: string, contenders: [Contender, Contender], times: number): Promise<void> {
  const result = await compare(contenders, times)
  const [ours, bare] = contenders.map(({ name }) => result.get(name)!)
  const text = `| ${operation} | ${ours!.toFixed(1)} µs | ${bare!.toFixed(1)} µs | ${(ours! / bare!).toFixed(2)}× |`
  lines.push(text)
  console.log(text)
}

const alone = (name: string, work: (index: number) => unknown): Contender => ({
  name,
  run: async (times) => {
    for (let index = 0; index < times; index++) await work(index)
  },
})
const wide = (name: string, work: (index: number) => Promise<unknown>, width = 64): Contender => ({
  name,
  run: (times) => inFlight(times, width, work),
})

async function sqlite(bench: Bench, database: InstanceType<typeof Database>, times: number): Promise<void> {
  const { sharing, tokens, name, pass } = bench
  const bare = bareSqlite(database)
  const at = (index: number) => tokens[index % LINKS]!
  const ref = (index: number) => ({ type: 'document' as const, id: `d${index % LINKS}` })
  await line(
    `${name}: open, alone`,
    [alone('ours', (i) => sharing.open(at(i), visitor)), alone('bare', (i) => bare.open(at(i)))],
    times,
  )
  await line(
    `${name}: open, 64 in flight`,
    [wide('ours', (i) => sharing.open(at(i), visitor)), alone('bare', (i) => bare.open(at(i)))],
    times,
  )
  await line(
    `${name}: open, one hot link, 64 in flight`,
    [wide('ours', () => sharing.open(tokens[0]!, visitor)), alone('bare', () => bare.open(tokens[0]!))],
    times,
  )
  await line(
    `${name}: capped open`,
    [
      alone('ours', (i) => sharing.open(bench.capped[i % LINKS]!, visitor)),
      alone('bare', (i) => bare.open(bench.capped[i % LINKS]!)),
    ],
    times,
  )
  await line(
    `${name}: resume`,
    [
      alone('ours', () => sharing.resume(pass, visitor)),
      alone('bare', () => {
        signature(pass)
        return bare.read(tokens[0]!)
      }),
    ],
    5000,
  )
  await line(
    `${name}: peek`,
    [alone('ours', (i) => sharing.peek(at(i))), alone('bare', (i) => bare.read(at(i)))],
    5000,
  )
  await line(
    `${name}: can`,
    [
      alone('ours', (i) => sharing.can(owner, 'edit', ref(i))),
      alone('bare', (i) => bare.resource(`d${i % LINKS}`)),
    ],
    5000,
  )
}

const head = '| operation | sharegrant | bare statements | ratio |\n|---|---|---|---|'
console.log(head)
const memory = new Database(':memory:')
await sqlite(await prepare('SQLite in memory', sqliteStore({ database: memory })), memory, 3000)

const folder = mkdtempSync(join(tmpdir(), 'sharegrant-bench-'))
const file = new Database(join(folder, 'bench.db'))
await sqlite(await prepare('SQLite file, FULL', sqliteStore({ database: file })), file, 1000)
rmSync(folder, { recursive: true })

const server = await startPostgres()
const pool = new pg.Pool({ connectionString: server.url, max: 16 })
const bench = await prepare('Postgres', postgresStore({ pool }))
await pool.query('vacuum analyze')
const bare = barePostgres(pool)
const { sharing, tokens, pass } = bench
const at = (index: number) => tokens[index % LINKS]!
await line(
  'Postgres: open, alone',
  [alone('ours', (i) => sharing.open(at(i), visitor)), alone('bare', (i) => bare.open(at(i)))],
  500,
)
await line(
  'Postgres: open, 64 in flight',
  [wide('ours', (i) => sharing.open(at(i), visitor)), wide('bare', (i) => bare.open(at(i)))],
  3000,
)
await line(
  'Postgres: open, one hot link, 64 in flight',
  [wide('ours', () => sharing.open(tokens[0]!, visitor)), wide('bare', () => bare.open(tokens[0]!))],
  3000,
)
await line(
  'Postgres: capped open, 64 in flight',
  [
    wide('ours', (i) => sharing.open(bench.capped[i % LINKS]!, visitor)),
    wide('bare', (i) => bare.capped(bench.capped[i % LINKS]!)),
  ],
  3000,
)
await line(
  'Postgres: resume',
  [alone('ours', () => sharing.resume(pass, visitor)), alone('bare', () => bare.read(tokens[0]!))],
  1000,
)
await line(
  'Postgres: can',
  [
    alone('ours', (i) => sharing.can(owner, 'edit', { type: 'document', id: `d${i % LINKS}` })),
    alone('bare', (i) => bare.resource(`d${i % LINKS}`)),
  ],
  1000,
)
await pool.end()
await server.stop()

// The README's table is this output, not a copy of it by hand.
if (process.argv.includes('--write')) {
  const readme = new URL('../README.md', import.meta.url)
  const text = readFileSync(readme, 'utf8')
  const table = `<!-- bench -->\n\n${[head, ...lines].join('\n')}\n\n<!-- /bench -->`
  writeFileSync(
    readme,
    text.replace(/<!-- bench -->[\s\S]*<!-- \/bench -->/, () => table),
  )
}
