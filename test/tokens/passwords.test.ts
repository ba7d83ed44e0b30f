import { describe, expect, test } from 'vitest'
import { scryptPasswords } from '../../src/tokens/password.ts'

const STORED = 'scrypt$16$1$1$XwVxOX7ziCMfpu0zQiQZqg$vLhjbbrO9AtR4aKqjBS8MHj2StRV2u9AJL40ZUx4xEI'
const cheap = () => scryptPasswords({ N: 16, r: 1, p: 1 })

describe('a link’s password', () => {
  test('is kept with its algorithm and cost, and never twice alike', async () => {
    const [one, two] = [await cheap().hash('sesame'), await cheap().hash('sesame')]
    expect(one).toMatch(/^scrypt\$16\$1\$1\$[\w-]{22}\$[\w-]{43}$/)
    expect(one).not.toBe(two)
    expect(one).not.toContain('sesame')
    for (const stored of [one, two]) expect(await cheap().verify('sesame', stored)).toBe(true)
  })

  test('is right or wrong, whatever cost is asked for now', async () => {
    const stored = await cheap().hash('sesame')
    for (const passwords of [cheap(), scryptPasswords({ N: 32, r: 2, p: 2 }), scryptPasswords()]) {
      expect(await passwords.verify('sesame', stored)).toBe(true)
      for (const wrong of ['', 'Sesame', 'sesame ', 'sesam', 'other']) {
        expect(await passwords.verify(wrong, stored)).toBe(false)
      }
    }
  })

  test('costs what OWASP advises unless said otherwise', async () => {
    const stored = await scryptPasswords().hash('sesame')
    expect(stored.split('$').slice(0, 4)).toEqual(['scrypt', '32768', '8', '3'])
    expect(await scryptPasswords().verify('sesame', stored)).toBe(true)
  })

  test('may cost far more in turns than in memory', async () => {
    const many = scryptPasswords({ N: 16, r: 8, p: 64 })
    expect(await many.verify('sesame', await many.hash('sesame'))).toBe(true)
  })

  test('is the same however its letters were composed', async () => {
    const stored = await cheap().hash('pa\u0308ss')
    expect(await cheap().verify('p\u00e4ss', stored)).toBe(true)
    expect(await cheap().verify('pass', stored)).toBe(false)
  })

  test('is wrong against what we did not store', async () => {
    const stored = await cheap().hash('sesame')
    const [, N, r, p, salt, key] = stored.split('$')
    for (const other of [
      '',
      'scrypt',
      `bcrypt$${N}$${r}$${p}$${salt}$${key}`,
      `scrypt$${N}$${r}$${p}$${salt}`,
      `scrypt$${N}$${r}$${p}`,
      `scrypt$${N}$${r}$${p}$${salt}$`,
      `scrypt$${N}$${r}$${p}$${salt}$${key?.slice(0, 20)}`,
      `scrypt$${N}$${r}$${p}$$${key}`,
      `scrypt$32$${r}$${p}$${salt}$${key}`,
    ]) {
      expect(await cheap().verify('sesame', other), other).toBe(false)
    }
  })

  test('that was kept by an earlier version is still right', async () => {
    expect(await cheap().verify('sesame', STORED)).toBe(true)
  })

  test('fails where its cost cannot be met, and is not taken for right', async () => {
    await expect(scryptPasswords({ N: 15, r: 1, p: 1 }).hash('sesame')).rejects.toThrow()
    await expect(cheap().verify('sesame', 'scrypt$15$1$1$c2FsdA$a2V5')).rejects.toThrow()
  })
})
