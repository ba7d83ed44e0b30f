import { dump } from '../../support/dump.ts'
import type { Campaign, Trial } from '../campaign.ts'
import { type Ground, openGround } from '../places.ts'
import { callOf } from './calls.ts'
import { filesOf } from './files.ts'
import { Heard, listening } from './heard.ts'
import { openHost } from './host.ts'
import { Search } from './search.ts'

/** Calls on one database: what is searched grows with them. */
const TOGETHER = 500

/** Storage that fails in the middle of its work, as each database tells it, with the row's values where it does. */
const refusing = ({ place }: Ground): string[] =>
  place === 'Postgres'
    ? ["alter table share_grants add constraint refused check (name is null or name <> 'refused')"]
    : [
        `create trigger refused before insert on share_grants when new.name = 'refused'
         begin select raise(abort, 'refused'); end`,
      ]

/** Tables that are away for a while. */
const AWAY = ['grants', 'views', 'audit'] as const

interface Sought {
  secrets: number
  bytes: number
  missing: string | null
}

async function play(trial: Trial, calls: number, about: string): Promise<Sought> {
  const ground = await openGround(trial)
  const heard = new Heard()
  try {
    const files = await filesOf(ground)
    const host = await openHost(ground, heard, trial.random.fork(about))
    for (const text of refusing(ground)) await ground.query(text)
    let away: string | null = null
    const bringBack = async (): Promise<void> => {
      if (away !== null) await ground.query(`alter table away_${away} rename to share_${away}`)
      away = null
    }
    await listening(
      (text) => heard.note('what was printed', text),
      async () => {
        for (let call = 0; call < calls; call++) {
          if (host.random.below(40) === 0) {
            await bringBack()
            away = host.random.pick([...AWAY, null])
            if (away !== null) await ground.query(`alter table share_${away} rename to away_${away}`)
          } else if (host.random.below(8) === 0) await bringBack()
          try {
            const { answer, gives } = await callOf(host)
            heard.note('an answer', answer, gives)
          } catch (error) {
            heard.note('an error', error)
          }
          trial.count()
        }
        await bringBack()
        // Listeners are told after the call.
        await new Promise((resolve) => setTimeout(resolve, 10))
      },
    )
    const { secrets } = host
    const search = new Search(secrets)
    let sought = 0
    const look = (where: string, bytes: Buffer): void => {
      sought += bytes.length
      for (const { kind, text } of search.in(bytes)) trial.violation(`a ${kind} in ${where}`, { about, text })
    }
    for (const [where, bytes] of heard.all()) look(where, bytes)
    const dialect = ground.place === 'Postgres' ? 'postgres' : 'sqlite'
    for (const [table, rows] of Object.entries(await dump(ground, dialect))) {
      look(table, Buffer.from(JSON.stringify(rows)))
    }
    for await (const [name, bytes] of files.read()) look(name, bytes)
    return { secrets: secrets.size, bytes: sought, missing: files.missing }
  } finally {
    await ground.end()
  }
}

async function run(trial: Trial): Promise<void> {
  let [secrets, bytes] = [0, 0]
  let missing: string | null = null
  for (let done = 0; done < trial.size; done += TOGETHER) {
    const sought = await play(trial, Math.min(TOGETHER, trial.size - done), `calls from ${done}`)
    secrets += sought.secrets
    bytes += sought.bytes
    missing = sought.missing
  }
  trial.note(
    `${secrets.toLocaleString('en')} secrets sought in ${Math.round(bytes / 1e6).toLocaleString('en')} MB`,
  )
  if (missing !== null) trial.note(missing)
}

export const secrets: Campaign = {
  name: 'secrets',
  claim:
    'no token, pass, password or secret is in a row, a file, a log, an event, an error or another’s answer',
  unit: 'calls',
  size: { short: 200, long: 100_000 },
  places: ['SQLite on a file', 'Postgres'],
  controls: [
    {
      guard: 'that a token is stored sealed',
      file: 'src/links/token.ts',
      find: 'seal(kernel.keys.seal, token, sealPlace(link))',
      replace: 'token',
    },
    {
      guard: 'that a token is looked up by its hash',
      file: 'src/tokens/link-token.ts',
      find: "return hash('sha256', token, 'base64url')",
      replace: "return Buffer.from(token).toString('base64url')",
      place: 'Postgres',
    },
    {
      guard: 'that an error says nothing of the password',
      file: 'src/opening/open.ts',
      find: "throw new SharingError('password_incorrect')",
      replace: "throw new SharingError('password_incorrect', { details: visitor })",
    },
    {
      guard: 'that the audit says nothing of the token',
      file: 'src/links/update.ts',
      find: 'after: { graceUntil } }',
      replace: 'after: { graceUntil, token: Buffer.from(token).toString("hex") } }',
      place: 'Postgres',
    },
    {
      guard: 'that a mail that fails is reported without its token',
      file: 'src/maintenance/deliver.ts',
      find: 'await kernel.notify!(notification)',
      replace:
        'await kernel.notify!(notification).catch((error) => { throw Object.assign(error, { notification }) })',
    },
    {
      guard: 'that nothing is printed',
      file: 'src/links/manage.ts',
      find: 'if (token !== null) return token',
      replace: 'if (token !== null) { console.warn(token.slice(0, -2)); return token }',
    },
  ],
  run,
}
