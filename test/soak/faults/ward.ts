import type { Campaign, Trial } from '../campaign.ts'
import { Ledger } from '../crashes/ledger.ts'
import { survives } from '../crashes/watch.ts'
import { type Patient, suffer, type Trouble } from './trouble.ts'

/** A host, and all the ways of one sort in which its storage fails. */
export interface Ward {
  patient: Patient
  troubles: readonly Trouble[]
  end(): Promise<void>
}

/** After so many faults the host gets a fresh database: what is checked each time grows with what was done. */
const FAULTS_PER_WARD = 6

/** Puts hosts into trouble, one sort after the other. */
export const troubling =
  (open: (trial: Trial) => Promise<Ward>): Campaign['run'] =>
  async (trial) => {
    const { size, random, count, violation, seed } = trial
    await survives(violation, async () => {
      for (let done = 0; done < size; ) {
        const { patient, troubles, end } = await open(trial)
        const ledger = new Ledger()
        try {
          for (let here = 0; here < FAULTS_PER_WARD && done < size; here++, done++) {
            // The shortest form has one of them, and another tomorrow.
            const trouble = troubles[(seed + done) % troubles.length]!
            const about = { name: `host${done}`, ledger, random: random.fork(done) }
            for (const wrong of await suffer(patient, trouble, about)) violation(wrong, trouble.name)
            count()
          }
        } catch (error) {
          violation(`a host could not go on: ${String(error)}`)
          done++
        } finally {
          await end()
        }
      }
    })
  }
