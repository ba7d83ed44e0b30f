/** Gives the present moment. Nothing inside the library reads another clock, the door's limiter aside. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()

export const DAY_MS: number = 24 * 60 * 60 * 1000
