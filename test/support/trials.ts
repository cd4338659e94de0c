/** How often tests let two things happen at once. `TRIALS=200 npm test -- integration` looks closer. */
export const TRIALS = Number(process.env['TRIALS'] ?? 40)
