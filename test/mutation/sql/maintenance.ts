import { mutantsOf } from './mutant.ts'

export const maintaining = mutantsOf('adapters/sql/maintenance.ts', {
  "'maintain.tenants'": { 'after one': ['t.tenant_id > :after', 'true'] },
  "'maintain.lock_tenant'": {
    tenant: ['t.tenant_id = :tenantId', 'true'],
    'lock by name': "#{d.queue('update', sql.ref('t.tenant_id'))}",
    'lock of the row': "#{d.lock('update', 't')}",
  },
  "'maintain.oldest_view'": {
    tenant: 'v.tenant_id = :tenantId and ',
    'from a day': ' and v.viewed_at >= :from',
    'the oldest': 'order by v.viewed_at ',
  },
  'const addUp = ': {
    tenant: 'v.tenant_id = :tenantId and ',
    'from the day’s beginning': ' and v.viewed_at >= :from',
    'to the day’s end': ' and v.viewed_at < :to',
    'not of removed links': " and #{ofLiveLinks(t, p('tenantId'))}",
    'views of links': ['ofLink ? sql`and v.link_id is not null` : sql``', 'sql``'],
    'counted ones': ['sum(case when v.counted then 1 else 0 end)', 'count(*)'],
    'counted visitors': [
      'case when v.counted then coalesce(v.viewer_id, v.visitor) end',
      'coalesce(v.viewer_id, v.visitor)',
    ],
    'a day that is there': ' on conflict (tenant_id, resource_uid, link_id, day) do nothing',
  },
  "'maintain.set_rolled'": { tenant: ' where tenant_id = :tenantId' },
  "'maintain.set_purged'": { tenant: ' where tenant_id = :tenantId' },
  "'maintain.anonymise'": {
    tenant: 'v.tenant_id = :tenantId and ',
    'from the day’s beginning': ' and v.viewed_at >= :from',
    'to the day’s end': ' and v.viewed_at < :to',
    address: 'ip = null, ',
    agent: 'user_agent = null, ',
    visitor: ', visitor = null',
  },
  'export function* rollUpViews': {
    'what is added up': ['tenant === null || tenant.mark.rolledUntil >= until', 'tenant === null'],
    'the whole day’s end': ['day === null || day >= until', 'day === null'],
  },
  'export function* anonymiseViews': {
    'what is not added up': ['before < tenant.mark.rolledUntil ? before : tenant.mark.rolledUntil', 'before'],
    'what is done': ['if (tenant.mark.purgedUntil >= until) return 0', ''],
  },
  "'maintain.sweep_tokens'": {
    tenant: 'n.tenant_id = :tenantId and ',
    'only old tokens': [
      'n.until is not null and ',
      '',
      'no end is before no moment: the condition is there for the plan',
    ],
    'not imported ones': 'and not n.imported ',
    'only after the grace': ' and n.until <= :at',
  },
  'const sealedBeside': {
    tenant: 'g.tenant_id = :tenantId and ',
    'only sealed ones': 'g.sealed_token is not null and ',
    'not of ended links': 'g.ended_at is null and ',
    'not of removed links': 'g.removed_at is null\n      and ',
  },
  'export function* sealedByOthers': {
    'one that sorts before': ['(yield* first(sealedBefore, { tenantId, keyId })) !== null ||', ''],
    'one that sorts after': ['(yield* first(sealedAfter, { tenantId, keyId })) !== null', 'false'],
  },
  "'maintain.sealed_by_others'": {
    tenant: 'g.tenant_id = :tenantId and ',
    'only sealed ones': [
      'g.sealed_token is not null and ',
      '',
      'what was not sealed was sealed by no other key: the condition is there for those who read it',
    ],
    'not of ended links': [
      'g.ended_at is null and ',
      '',
      'the sealed token goes in the step that ends its link',
    ],
    'not of removed links': 'g.removed_at is null and ',
    'after one': 'g.id > :after and ',
    'only by others': ' and substr(g.sealed_token, 1, 8) <> :keyId',
  },
  "'maintain.reseal'": {
    tenant: 'tenant_id = :tenantId and ',
    link: ' and id = :id',
    'only what was read': ' and sealed_token = :from',
  },
})
