import { randomInt } from 'node:crypto'
import { createLinkTokens } from '../../src/tokens/link-token.ts'
import { hashOf } from '../contenders/library.ts'
import type { Place } from '../places.ts'
import { fillTables, type Run, WORDS } from './tables.ts'

/** In the order of bytes, so that what is spread over it evenly is in order too. */
const SYMBOLS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const PLACES = 64 ** 4

/** Links to a resource, and links of a tenant. */
const OF_RESOURCE = 5
const OF_TENANT = 1000

export interface SpreadLink {
  token: string
  tenantId: string
  resourceId: string
}

/**
 * So many links with their resources and tenants, made behind the library's back and in the order of their keys,
 * which a database takes in at once. Hashes lie as evenly as real ones. Some, chosen at random among all, get a token.
 */
export async function fillLinks(place: Place, links: number, withToken: number): Promise<SpreadLink[]> {
  const { numbers, pad } = WORDS[place.dialect]
  const made = Date.UTC(2026, 0, 1)
  const at = (number: string) => WORDS[place.dialect].time(`${made} + ${number}`)
  const resources = links / OF_RESOURCE
  const tenantOf = (link: string) => `'t' || ${pad(`(${link}) / ${OF_TENANT}`)}`
  const tenant = tenantOf('s.i')
  const ofResource = tenantOf(`s.i * ${OF_RESOURCE}`)
  let spread: SpreadLink[] = []
  await fillTables(place, async (run) => {
    await run(
      `insert into share_tenants (tenant_id) select 't' || ${pad('s.i')} from ${numbers(0, links / OF_TENANT)}`,
    )
    await run(`insert into share_resources
        (tenant_id, uid, type, id, owner_id, title, visibility, traits, created_at, updated_at)
      select ${ofResource}, 'resource-uid-' || ${pad('s.i')}, 'document', 'd' || ${pad('s.i')}, 'u1', 'A document', 'private', '',
        ${at('s.i')}, ${at('s.i')} from ${numbers(0, resources)}`)
    await run(`insert into share_grants (tenant_id, id, resource_uid, grantee, visibility, role, mode, created_by,
        authority, authority_id, created_at, updated_at, token_hash)
      select ${tenant}, 'id-of-a-link-' || ${pad('s.i')}, 'resource-uid-' || ${pad(`s.i / ${OF_RESOURCE}`)}, 'link', 'public',
        'viewer', 'live', 'u1', 'owner', 'u1', ${at('s.i')}, ${at('s.i')}, ${keyOf(place, 's.i', links)}
      from ${numbers(0, links)}`)
    const name = (kind: string, key: string, of: string, target: string, count: number): Promise<unknown> =>
      run(`insert into share_names (kind, key, tenant_id, target)
        select '${kind}', ${key}, ${of}, ${target} from ${numbers(0, count)}`)
    const link = `'id-of-a-link-' || ${pad('s.i')}`
    await name('grant', link, tenant, link, links)
    await name('link', keyOf(place, 's.i', links), tenant, link, links)
    const resource = `'resource-uid-' || ${pad('s.i')}`
    await name('resource', `'document:d' || ${pad('s.i')}`, ofResource, resource, resources)
    spread = await giveTokens(run, place, links, withToken)
  })
  return spread
}

/** As long as a hash, at a place that is its number's share of all places. */
function keyOf(place: Place, number: string, links: number): string {
  const spread = `((${number}) * ${PLACES} / ${links})`
  const symbol = (unit: number) => `substr('${SYMBOLS}', cast(1 + ${spread} / ${unit} % 64 as integer), 1)`
  const head = [64 ** 3, 64 ** 2, 64, 1].map(symbol).join(' || ')
  return `${head} || ${WORDS[place.dialect].pad(number)} || '${'-'.repeat(30)}'`
}

/** Gives links a token that opens them: only its hash is stored, so it cannot be made the other way round. */
async function giveTokens(run: Run, place: Place, links: number, count: number): Promise<SpreadLink[]> {
  const { mint } = createLinkTokens('shr', undefined)
  const digits = (value: number): string => String(Math.floor(value)).padStart(9, '0')
  const numbers = new Set<number>()
  while (numbers.size < count) numbers.add(randomInt(links))
  const given = [...numbers].map((number) => ({
    number,
    token: mint(),
    tenantId: `t${digits(number / OF_TENANT)}`,
    resourceId: `d${digits(number / OF_RESOURCE)}`,
  }))
  for (let from = 0; from < count; from += 500) {
    const pairs = given
      .slice(from, from + 500)
      .map(({ number, token }) => `(${keyOf(place, `cast(${number} as bigint)`, links)}, '${hashOf(token)}')`)
    await run(`with pairs (old, new) as (values ${pairs.join(', ')})
      update share_names set key = pairs.new from pairs where kind = 'link' and key = pairs.old`)
  }
  return given
}
