import Database from 'better-sqlite3'

export interface Order {
  id: number
  region: string
  month: string
  amount: number
}

/** A data set of the host's, beside its other tables: who may see which rows is written in it. */
export interface Sales {
  /** The rows that somebody may see; nobody in particular may see none. */
  ordersFor(userId: string | null): Order[]
  add(order: Omit<Order, 'id'>): void
  close(): void
}

const REGIONS = ['north', 'east', 'south', 'west']
const MONTHS = ['2029-07', '2029-08', '2029-09']

/** Ada sees every region, Ben two of four. */
const RIGHTS: Record<string, string[]> = { ada: REGIONS, ben: ['north', 'east'] }

export function openSales(): Sales {
  const database = new Database(':memory:')
  database.exec(`
    create table orders (id integer primary key, region text not null, month text not null, amount integer not null);
    create table rights (user_id text, region text, primary key (user_id, region)) without rowid;
  `)
  const insert = database.prepare('insert into orders (region, month, amount) values (?, ?, ?)')
  const allow = database.prepare('insert into rights (user_id, region) values (?, ?)')
  for (const [at, month] of MONTHS.entries()) {
    for (const [place, region] of REGIONS.entries()) insert.run(region, month, 1000 * (place + 1) + 10 * at)
  }
  for (const [userId, regions] of Object.entries(RIGHTS)) {
    for (const region of regions) allow.run(userId, region)
  }
  const visible = database.prepare<[string | null], Order>(`
    select o.id, o.region, o.month, o.amount from orders o
    where exists (select 1 from rights r where r.user_id = ? and r.region = o.region)
    order by o.id`)
  return {
    ordersFor: (userId) => visible.all(userId),
    add: ({ region, month, amount }) => void insert.run(region, month, amount),
    close: () => void database.close(),
  }
}
