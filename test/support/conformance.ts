import type pg from 'pg'
import {
  type ConformanceHarness,
  type ConformanceStore,
  conformanceCases,
  workstationCases,
} from 'sharegrant/conformance'
import { describe, test } from 'vitest'
import { TABLES } from './tables.ts'

/** A test for each case of the suite. */
export function suite(name: string, harness: ConformanceHarness): void {
  describe(name, () => {
    for (const { noun, name: sentence, run } of [...conformanceCases, ...workstationCases]) {
      test(`${noun}: ${sentence}`, () => run(harness))
    }
  })
}

/** Takes every row out of the tables. */
export const emptied = TABLES.map((table) => `delete from public.share_${table}`).join(';')

/** Where a condition finds ids that the host keeps. */
export const inPostgres =
  (pool: pg.Pool): ConformanceStore['idsWhere'] =>
  async (condition, ids) => {
    const values = [...condition.parameters, ids]
    const { rows } = await pool.query<{ id: string }>(
      `select hosted.id from (select unnest($${values.length}::text[]) as id) hosted where ${condition.sql}`,
      values,
    )
    return rows.map(({ id }) => id)
  }
