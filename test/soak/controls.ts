/**
 * Takes out each guard in turn, in a copy of the sources, and demands that its campaign sees it: `npm run soak:controls`.
 *
 *   --only NAME,NAME   the controls of these campaigns
 *   --seed N           the same choices again
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../support/postgres-server.ts'
import type { Campaign, Control } from './campaign.ts'
import { CAMPAIGNS } from './campaigns.ts'
import { copySources, replaceOnce } from './without.ts'

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, seed: { type: 'string', default: '1' } },
})

/** Whether the campaign saw a violation where the guard is gone. */
async function sees(campaign: Campaign, control: Control, server: string): Promise<string | null> {
  const copy = await copySources()
  try {
    await copy.alter(control.file, (text) =>
      replaceOnce(text, control.find, control.replace, `${control.guard}, in ${control.file}`),
    )
    const place = control.place ?? campaign.places[0]!
    const script = join(copy.folder, 'test/soak/run.ts')
    const size = String(control.size ?? campaign.size.short)
    const child = spawn(
      process.execPath,
      [script, '--only', campaign.name, '--place', place, '--size', size, '--seed', options.seed],
      { env: { ...process.env, TEST_DATABASE_URL: server }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (said += text))
    const [code] = await once(child, 'close')
    const violation = /^ {2}violation: (.*)$/m.exec(said)?.[1]
    if (code !== 1 || violation === undefined) {
      console.log(said)
      return null
    }
    return violation
  } finally {
    await copy.remove()
  }
}

const server = await startPostgres()
let seen = 0
let all = 0
try {
  const chosen = options.only?.split(',') ?? CAMPAIGNS.map(({ name }) => name)
  for (const campaign of CAMPAIGNS.filter(({ name }) => chosen.includes(name))) {
    for (const control of campaign.controls) {
      all++
      const violation = await sees(campaign, control, server.url)
      if (violation !== null) seen++
      console.log(
        `${violation === null ? 'MISSED' : 'seen  '} ${campaign.name}: without ${control.guard}: ${violation?.slice(0, 120) ?? ''}`,
      )
    }
  }
} finally {
  await server.stop()
}
console.log(`${seen} of ${all} absent guards were seen`)
process.exitCode = all > 0 && seen === all ? 0 : 1
