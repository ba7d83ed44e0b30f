import Database from 'better-sqlite3'

export interface Order {
  id: number
  region: string
  month: string
  amount: number
}

/** A data set of the host's, beside its other tables: who may see which rows is written in it. */
export interface Sales {
  /** The rows of a canvas that somebody may see; nobody in particular may see none. */
  ordersFor(canvas: string, userId: string | null): Order[]
  /** Adds a row to a copy, or to what all other canvases show. */
  add(canvas: string, order: Omit<Order, 'id'>): void
  /** Gives a canvas rows of its own, all of which its maker sees. Where it has some, that was done before. */
  copy(canvas: string, maker: string, orders: readonly Order[]): void
  close(): void
}

const REGIONS = ['north', 'east', 'south', 'west']
const MONTHS = ['2029-07', '2029-08', '2029-09']

/** Ada sees every region, Ben two of four. */
const RIGHTS: Record<string, string[]> = { ada: REGIONS, ben: ['north', 'east'] }

export function openSales(): Sales {
  const database = new Database(':memory:')
  database.exec(`
    create table copies (canvas text primary key, maker text not null) without rowid;
    create table orders (
      id integer primary key, region text not null, month text not null, amount integer not null,
      copy text references copies
    );
    create table rights (user_id text, region text, primary key (user_id, region)) without rowid;
  `)
  const insert = database.prepare(`
    insert into orders (region, month, amount, copy)
    values (?, ?, ?, (select canvas from copies where canvas = ?))`)
  const insertCopy = database.prepare('insert or ignore into copies (canvas, maker) values (?, ?)')
  const allow = database.prepare('insert into rights (user_id, region) values (?, ?)')
  for (const [at, month] of MONTHS.entries()) {
    for (const [place, region] of REGIONS.entries()) {
      insert.run(region, month, 1000 * (place + 1) + 10 * at, null)
    }
  }
  for (const [userId, regions] of Object.entries(RIGHTS)) {
    for (const region of regions) allow.run(userId, region)
  }
  const visible = database.prepare<[string, string | null, string | null], Order>(`
    select o.id, o.region, o.month, o.amount from orders o left join copies c on c.canvas = o.copy
    where o.copy is (select canvas from copies where canvas = ?)
      and (c.maker = ? or exists (select 1 from rights r where r.user_id = ? and r.region = o.region))
    order by o.id`)
  const add: Sales['add'] = (canvas, { region, month, amount }) =>
    void insert.run(region, month, amount, canvas)
  return {
    ordersFor: (canvas, userId) => visible.all(canvas, userId, userId),
    add,
    copy: database.transaction((canvas: string, maker: string, orders: readonly Order[]) => {
      if (insertCopy.run(canvas, maker).changes > 0) for (const order of orders) add(canvas, order)
    }),
    close: () => void database.close(),
  }
}
