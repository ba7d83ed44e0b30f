import { mutantsOf } from './mutant.ts'

const key = { tenant: 'tenant_id = :tenantId and ', resource: ' and uid = :uid' }

export const removing = mutantsOf('adapters/sql/removal.ts', {
  "'resource.links'": { tenant: 'g.tenant_id = :tenantId and ', resource: ' and g.resource_uid = :uid' },
  "'link.delete_names'": {
    tenant: 'tenant_id = :tenantId and ',
    'list of links': " and #{d.oneOf(sql`target`, list('ids'))}",
    'not imported ones': ' and not imported',
  },
  "'token.end'": {
    kind: "kind = 'link' and ",
    tenant: 'tenant_id = :tenantId and ',
    link: ' and target = :id',
    'not imported ones': ' and not imported',
  },
  "'token.end_imported'": {
    tenant: 'tenant_id = :tenantId and ',
    'list of links': " and #{d.oneOf(sql`target`, list('ids'))}",
    'only imported ones': ' and imported',
    'leads nowhere': ", target = ''",
    'is over': ['until = :at, ', '', 'by then it leads nowhere: a second lock on the same door'],
  },
  "'resource.delete_name'": {
    kind: "kind = 'resource' and ",
    key: 'key = :key and ',
    tenant: ' and tenant_id = :tenantId',
  },
  "'resource.delete_request_names'": {
    tenant: 'tenant_id = :tenantId and ',
    resource: 'target = :uid and ',
    kind: [
      " and kind in ('request', 'fork', 'edit', 'checkpoint')",
      '',
      'the one other name that leads to a resource is its own, which is deleted before',
    ],
  },
  "'resource.orphan_children'": { tenant: 'tenant_id = :tenantId and ', parent: ' and parent_uid = :uid' },
  "'resource.mark_removed'": key,
  "'resource.mark_links_removed'": {
    tenant: 'tenant_id = :tenantId and ',
    resource: 'and resource_uid = :uid ',
    'not again': [' and removed_at is null', '', 'it is asked whether it was marked, and never when'],
  },
  "'resource.delete_links'": { tenant: 'tenant_id = :tenantId and ', resource: ' and resource_uid = :uid' },
  "'resource.delete'": key,
  "'link.mark_removed'": { tenant: 'tenant_id = :tenantId and ', link: ' and id = :id' },
  "'link.delete'": { tenant: 'tenant_id = :tenantId and ', link: ' and id = :id' },
  'const deleteViewsBy = ': {
    tenant: 'v.tenant_id = :tenantId and ',
    'tenant of those to delete': [' where tenant_id = :tenantId and ', ' where '],
    subject: ' and #{sql.ref(column)} = :key',
    'a slice at a time': ' limit :limit',
  },
  "'view_days.subtract'": {
    tenant: 'w.tenant_id = :tenantId and ',
    resource: 'and w.resource_uid = :uid ',
    'only from the whole': "and w.link_id = '' ",
    'only days of the link':
      ' and exists (select 1 from #{t.view_days} x where #{sameDay} and x.link_id = :id)',
    'no more visitors than views': [
      'w.visitors > w.views - (select x.views from #{t.view_days} x where #{sameDay} and x.link_id = :id)',
      'false',
    ],
  },
  'const sameDay = ': {
    tenant: 'x.tenant_id = w.tenant_id and ',
    resource: ' and x.resource_uid = w.resource_uid',
    day: ' and x.day = w.day',
  },
  "'view_days.delete_empty'": {
    tenant: 'tenant_id = :tenantId and ',
    resource: 'and resource_uid = :uid ',
    'without views': 'and views = 0 ',
    'without bots': ' and bots = 0',
  },
  "'view_days.delete_of_link'": {
    tenant: 'tenant_id = :tenantId and ',
    resource: 'and resource_uid = :uid ',
    link: ' and link_id = :id',
  },
  "'link.home_of_removed'": { tenant: 'g.tenant_id = :tenantId and ', link: ' and g.id = :id' },
  'export function* removeResource': {
    'links out of reach at once': 'yield* run(markLinksOf, { tenantId, uid, at })',
    'out of reach at once': 'yield* run(markResource, { tenantId, uid, at })',
  },
  'export function* removeLink': { 'out of reach at once': 'yield* run(markLink, { tenantId, id, at })' },
  "'purge.next_resource'": {
    tenant: 'r.tenant_id = :tenantId and ',
    'only removed ones': ' and r.removed_at is not null',
  },
  "'purge.next_link'": {
    tenant: 'g.tenant_id = :tenantId and ',
    'only removed ones': ' and g.removed_at is not null',
  },
  'export function* purgeSlice': { 'one at a time': 'yield* run(lockTenantWhole, { tenantId })' },
  'const clear = ': { tenant: ['#{t[table]} where tenant_id = :tenantId', '#{t[table]}'] },
  'const cleared = ': {
    requests: ["'requests', ", '', 'they go with their resources'],
    outbox: ["'outbox', ", '', 'it goes with its resources'],
    counters: "'counters', ",
  },
  "'tenant.forget_parents'": { tenant: 'tenant_id = :tenantId and ' },
})
