/**
 * More views of a link than one step deletes, made by one statement since it would take long otherwise. Nobody opened
 * it: the link counts none of them.
 */
export const manyViewsOf = ({ id }: { id: string }): string => `
  insert into share_views (tenant_id, id, resource_uid, link_id, bot, counted, viewed_at)
  with recursive many(n) as (select 1 union all select n + 1 from many where n <= 5000)
  select g.tenant_id, g.id || '${MADE_UP}' || n, g.resource_uid, g.id, n < 0, n < 0, g.created_at
  from share_grants g cross join many where g.id = '${id}'`

/** No id of the library's own has a dot in it. */
const MADE_UP = '.made-up.'

export const isMadeUp = ({ id }: { id: string }): boolean => id.includes(MADE_UP)
